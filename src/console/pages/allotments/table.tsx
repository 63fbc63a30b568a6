// The table of allotments, edited in place: a row of fields for each. Without `onRows` it is only read.

import { Row, right, Table } from '../../parts/elements.tsx';
import { idPattern } from '../../parts/form.tsx';
import { type AllotmentRow, endedOn, isChanged, type RowField, rowsOf } from '../../state/allotment-rows.ts';
import { useConsole } from '../../state/context.ts';
import { exactHours } from '../../state/hours.ts';
import { namesIn } from '../../state/names.ts';
import type { ComputePage, Overview } from '../../types.ts';

interface TableOptions {
  rows: AllotmentRow[];
  page: ComputePage;
  consortia: Overview['consortia'];
  onRows: ((rows: AllotmentRow[]) => void) | undefined;
}

/** Today in UTC, in which the log counts days. */
const today = (): string => new Date().toISOString().slice(0, 10);

export function AllotmentTable({ rows, page, consortia, onRows }: TableOptions) {
  const { words, format } = useConsole();
  const w = words.allotments;
  const c = words.compute;
  const heads = [w.id, words.people.consortium, c.cluster, c.from, c.to, right(c.hoursHead)];
  if (!onRows)
    return (
      <Table caption={w.table} head={heads}>
        {rows.map(({ key, was, ...row }) => (
          <Row
            key={key}
            cells={[
              row.id,
              namesIn(consortia, format)(row.consortium),
              namesIn(page.clusters, format)(row.cluster),
              format.day(row.from),
              format.day(row.to),
              right(exactHours(Number(row.hours), format)),
            ]}
          />
        ))}
      </Table>
    );
  const add = () => {
    // The next one is mostly like the last one.
    const last = rows.at(-1);
    const active = consortia.find(({ status }) => status === 'active') ?? consortia[0];
    const row = {
      key: crypto.randomUUID?.() ?? `${Date.now()} ${rows.length}`,
      ...{ was: undefined, id: '', from: last?.from ?? '', to: last?.to ?? '', hours: '' },
      ...{ consortium: active.id, cluster: last?.cluster ?? page.clusters[0].id },
    };
    onRows([...rows, row]);
  };
  return (
    <>
      <Table caption={w.table} class="editable" head={[...heads, w.state, w.actions]}>
        {rows.map((row, i) => (
          <Edited
            key={row.key}
            row={row}
            name={row.id === '' ? w.row(format.count(i + 1)) : row.id}
            page={page}
            consortia={consortia}
            onRow={(next) => onRows(rows.flatMap((other) => (other === row ? (next ?? []) : other)))}
          />
        ))}
      </Table>
      <p>
        <button type="button" onClick={add}>
          {w.add}
        </button>
      </p>
    </>
  );
}

interface EditedOptions extends Pick<TableOptions, 'page' | 'consortia'> {
  row: AllotmentRow;
  /** For screen readers: which row a field is of. */
  name: string;
  /** Undefined removes it. */
  onRow: (row: AllotmentRow | undefined) => void;
}

function Edited({ row, name, page, consortia, onRow }: EditedOptions) {
  const { words, format } = useConsole();
  const w = words.allotments;
  const c = words.compute;
  const changed = isChanged(row);
  const bound = (field: RowField, label: string) => ({
    'aria-label': w.fieldOf(label, name),
    value: row[field],
    onInput: (event: { currentTarget: { value: string } }) => onRow({ ...row, [field]: event.currentTarget.value }),
  });
  // A cluster or a team that is no longer there stays a choice of its row.
  const choices = (things: readonly { id: string; name: { en: string; ko?: string } }[], chosen: string) => (
    <>
      {!things.some(({ id }) => id === chosen) && <option value={chosen}>{chosen}</option>}
      {things.map((thing) => (
        <option key={thing.id} value={thing.id}>
          {format.title(thing.name)}
        </option>
      ))}
    </>
  );
  const teams = consortia.filter(({ id, status }) => status === 'active' || id === row.consortium);
  return (
    <tr>
      <th scope="row">
        {row.was ? (
          <code>{row.id}</code>
        ) : (
          <input
            type="text"
            pattern={idPattern}
            placeholder={w.idHint}
            spellcheck={false}
            autocomplete="off"
            {...bound('id', w.id)}
          />
        )}
      </th>
      <td>
        <select {...bound('consortium', words.people.consortium)}>{choices(teams, row.consortium)}</select>
      </td>
      <td>
        <select {...bound('cluster', c.cluster)}>{choices(page.clusters, row.cluster)}</select>
      </td>
      <td>
        <input type="date" {...bound('from', c.from)} />
      </td>
      <td>
        <input type="date" {...bound('to', c.to)} />
      </td>
      <td>
        <input type="number" min={0} step="any" {...bound('hours', c.hoursHead)} />
      </td>
      <td>{row.was ? (changed ? w.isChanged : w.asIs) : w.isNew}</td>
      <td>
        <Actions row={row} changed={changed} name={name} page={page} onRow={onRow} />
      </td>
    </tr>
  );
}

function Actions({
  row,
  changed,
  name,
  page,
  onRow,
}: Pick<EditedOptions, 'row' | 'name' | 'page' | 'onRow'> & { changed: boolean }) {
  const w = useConsole().words.allotments;
  // A screen reader hears whose row the button is of.
  const button = (text: string, next: () => AllotmentRow | undefined) => (
    <button type="button" onClick={() => onRow(next())}>
      {text}
      <span class="hidden">: {name}</span>
    </button>
  );
  const { was } = row;
  /** Somebody else may have changed it since. */
  const now = page.allotments.find(({ id }) => id === was?.id);
  if (!was) return button(w.remove, () => undefined);
  if (changed) return button(w.undo, () => rowsOf([now ?? was])[0]);
  const day = today();
  if (was.to <= day || was.deviceHours === 0) return null; // it has ended
  return was.from > day ? button(w.takeBack, () => endedOn(row, day)) : button(w.end, () => endedOn(row, day));
}
