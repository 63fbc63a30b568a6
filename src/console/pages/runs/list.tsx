// The table of runs with its filter, and the pages of it. On a narrow page each row is a card.

import { plain } from '../../../page-kit/index.ts';
import { type Cell, Row, right, State, Table, Time } from '../../parts/elements.tsx';
import { Empty } from '../../parts/page.tsx';
import { namesOf, RunName } from '../../parts/run-name.tsx';
import { RunProgress } from '../../parts/run-progress.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { useConsole } from '../../state/context.ts';
import { pathOf, search } from '../../state/router.ts';
import {
  type ChangeView,
  isFirstDescending,
  MAX_SELECTED,
  type RunView,
  searchOfView,
  viewOf,
} from '../../state/run-view.ts';
import type { RunRow, RunSort, RunTable } from '../../types.ts';
import { runStatus } from '../../words/index.ts';
import { Filter } from './filter.tsx';
import { COMPARED } from './selection.tsx';

export function RunList({
  table,
  view,
  change,
  rows,
  busy,
}: {
  table: RunTable;
  view: RunView;
  change: ChangeView;
  rows: number;
  busy: boolean;
}) {
  const { words, format } = useConsole();
  const own = words.runTable;
  const names = namesOf(table.rows);
  const isFull = view.selected.length >= MAX_SELECTED;
  const page = Math.floor(table.from / rows) + 1;
  const last = table.from + table.rows.length;
  return (
    <div class="card stacked" aria-busy={busy}>
      <Filter table={table} view={view} change={change} />
      {table.all > 1 && <HowToCompare selected={view.selected.length} />}
      {table.rows.length === 0 ? (
        <Empty text={own.noneFound} />
      ) : (
        <>
          <p class="sort-by soft" aria-hidden="true">
            {own.sortBy}
          </p>
          <Table caption={words.runs.caption} class="run-table" head={useHeads(view, change)}>
            {table.rows.map((run) => (
              <RunLine
                key={run.id}
                run={run}
                name={names.get(run.id)!}
                isSelected={view.selected.includes(run.id)}
                isFull={isFull}
                select={(on) =>
                  change({
                    selected: on ? [...view.selected, run.id] : view.selected.filter((one) => one !== run.id),
                  })
                }
              />
            ))}
          </Table>
        </>
      )}
      <div class="pager">
        <p class="soft" role="status">
          {own.found(format.count(table.found), format.count(table.all))}
          {isFull && ` ${own.full(format.count(MAX_SELECTED))}`}
        </p>
        {table.found > rows && (
          <div class="buttons">
            <span>{own.shown(format.count(table.from + 1), format.count(last))}</span>
            <button type="button" disabled={page === 1} onClick={() => change({ page: page - 1 })}>
              {own.previous}
            </button>
            <button type="button" disabled={last >= table.found} onClick={() => change({ page: page + 1 })}>
              {own.next}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

/** That two ticked runs are compared; then the way to the comparison, which is beneath the table. */
function HowToCompare({ selected }: { selected: number }) {
  const { words, format } = useConsole();
  const own = words.runTable;
  if (selected < 2) return <p>{selected === 0 ? own.compare : own.compareOne}</p>;
  return (
    <p>
      <a class="button" href={`#${COMPARED}`}>
        {own.compareNow(format.count(selected))}
      </a>
    </p>
  );
}

/** Heads with buttons that sort. */
function useHeads(view: RunView, change: ChangeView): Cell[] {
  const { words } = useConsole();
  const w = words.runs;
  const columns: [sort: RunSort, text: string, isNumber?: boolean][] = [
    ['name', w.run],
    ['tags', words.runTable.tags],
    ['state', words.common.status],
    ['progress', w.progress],
    ['loss', w.loss, true],
    ['bits', w.bits, true],
    ['begun', w.begun],
  ];
  return columns.map(([sort, text, isNumber]) => {
    const isSorted = view.sort === sort;
    const descending = isSorted ? !view.descending : isFirstDescending(sort);
    return {
      class: isNumber ? 'right' : undefined,
      sort: isSorted ? (view.descending ? 'descending' : 'ascending') : 'none',
      of: (
        <button type="button" class="head-button" onClick={() => change({ sort, descending, page: 1 })}>
          {text}
          <span aria-hidden="true">{isSorted ? (view.descending ? ' ↓' : ' ↑') : ''}</span>
        </button>
      ),
    };
  });
}

function RunLine({
  run,
  name,
  isSelected,
  isFull,
  select,
}: {
  run: RunRow;
  name: string;
  isSelected: boolean;
  isFull: boolean;
  select: (on: boolean) => void;
}) {
  const { words, format } = useConsole();
  const w = words.runs;
  const own = words.runTable;
  const note = run.witnessed
    ? words.witness.note
    : run.sweep && <a href={pathOf('sweep', { sweep: run.sweep.id })}>{w.ofSweep(plain(run.sweep.name, 80))}</a>;
  return (
    <Row
      cells={[
        {
          of: (
            <span class="run-name">
              <input
                type="checkbox"
                aria-label={own.select(name)}
                checked={isSelected}
                disabled={isFull && !isSelected}
                onChange={(event) => select(event.currentTarget.checked)}
              />
              <a href={pathOf('run', { run: run.id })}>
                <RunName name={name} />
              </a>
            </span>
          ),
          note,
        },
        { label: own.tags, of: <Tags tags={run.tags} /> },
        { label: words.common.status, of: <State of={run.state} text={runStatus(words, run)} /> },
        { label: w.progress, of: <RunProgress run={run} /> },
        {
          label: w.loss,
          class: 'right',
          of: (
            <span class="sketched">
              <Sparkline x={run.sketch.step} y={run.sketch.loss} />
              {run.loss === null ? '–' : format.decimal(run.loss, 3)}
            </span>
          ),
        },
        {
          ...(right(run.valBitsPerByte === null ? '–' : format.decimal(run.valBitsPerByte, 3)) as object),
          label: w.bits,
        } as Cell,
        { label: w.begun, of: run.noted === null ? '–' : <Time of={run.noted} ago /> },
      ]}
    />
  );
}

/** Tags, each a link to the runs that have it. */
function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return <>–</>;
  return (
    <ul class="tags">
      {tags.map((tag) => (
        <li key={tag}>
          <a href={`${pathOf('runs', {})}${searchOfView({ ...viewOf(search.value), tag, page: 1 })}`}>
            <bdi>{plain(tag)}</bdi>
          </a>
        </li>
      ))}
    </ul>
  );
}
