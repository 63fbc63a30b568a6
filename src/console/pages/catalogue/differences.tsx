// The differences of two catalogues as a table: which thing, which field, from what to what.

import type { Format } from '../../../page-kit/index.ts';
import { Citations } from '../../parts/citations.tsx';
import { Fold, Table } from '../../parts/elements.tsx';
import { useConsole } from '../../state/context.ts';
import type { CheckedCatalogue } from '../../types.ts';
import type { Words } from '../../words/words.ts';

type Difference = CheckedCatalogue['differences'][number];
type Field = Difference['fields'][number];
type Value = Field['before'];
type Option = Extract<Value, { needs: unknown }>['needs'][number][number];

export function Differences({ of }: { of: Difference[] }) {
  const { words } = useConsole();
  const w = words.catalogue;
  return (
    <Table caption={w.differences} class="differences" head={[w.thing, w.change, w.field, w.before, w.after]}>
      {of.map((one) => (
        <Rows key={`${one.change} ${one.of} ${one.id}`} of={one} />
      ))}
    </Table>
  );
}

function Rows({ of: one }: { of: Difference }) {
  const { words, format } = useConsole();
  const w = words.catalogue;
  const { id, name, change, fields } = one;
  // What is added or removed has all its fields: they open on demand.
  const shown = change === 'changed' ? fields : [];
  const head = (
    <>
      <th scope="row" rowSpan={Math.max(1, shown.length)}>
        {name === null ? w.kinds[one.of] : format.title(name)}
        <small>
          {w.kinds[one.of]} <code>{id}</code>
        </small>
      </th>
      <td rowSpan={Math.max(1, shown.length)}>{w.changes[change]}</td>
    </>
  );
  if (change !== 'changed')
    return (
      <tr>
        {head}
        <td colSpan={3}>
          <Fold summary={w.all(format.count(fields.length))}>
            {() => (
              <ul class="rules">
                {fields.map(({ field, before, after }) => (
                  <li key={field}>
                    {fieldText(field, words)}: <ValueText of={change === 'added' ? after : before} field={field} />
                  </li>
                ))}
              </ul>
            )}
          </Fold>
        </td>
      </tr>
    );
  return (
    <>
      {shown.map(({ field, before, after }, i) => (
        <tr key={field}>
          {i === 0 && head}
          <td>{fieldText(field, words)}</td>
          <td>
            <ValueText of={before} field={field} />
          </td>
          <td>
            <ValueText of={after} field={field} />
          </td>
        </tr>
      ))}
    </>
  );
}

/** The name of a field; one that has no word stays as it is. */
function fieldText(field: string, words: Words): string {
  const w = words.catalogue;
  const [group, name, part] = field.split('.');
  if (group === 'needs' && Object.hasOwn(w.kinds, name)) return w.needs(w.kinds[name as keyof typeof w.kinds]);
  if (group === 'count') return w.count(field.slice('count.'.length));
  if (group === 'figures' && Object.hasOwn(words.compute.figures, name)) {
    const figure = words.compute.figures[name as keyof typeof words.compute.figures];
    const texts = { value: w.figure, about: w.figureAbout, verified: w.figureVerified, source: w.figureSource };
    return (texts[part as keyof typeof texts] ?? w.figure)(figure);
  }
  return Object.hasOwn(w.fields, field) ? w.fields[field as keyof typeof w.fields] : field;
}

function ValueText({ of, field }: { of: Value; field: string }) {
  const { words, format } = useConsole();
  const w = words.catalogue;
  if (of === null) return <span class="soft">{w.nothing}</span>;
  if ('yes' in of) return <>{of.yes ? w.yes : w.no}</>;
  // Exact: a rounded figure could hide a difference.
  if ('number' in of) return <>{String(of.number)}</>;
  if ('sources' in of) return <Citations of={of.sources} />;
  if ('text' in of) return <>{textOf(field, of.text, words, format)}</>;
  if ('list' in of) return <Items of={of.list.map((item) => textOf(field, item, words, format))} />;
  return <Items of={of.needs.map((options) => options.map((option) => optionText(option, w, format)).join(' | '))} />;
}

/** The names of this side alone. */
function Items({ of }: { of: string[] }) {
  if (of.length === 0) return <>–</>;
  return (
    <ul>
      {of.map((item, i) => (
        <li key={i}>{item}</li>
      ))}
    </ul>
  );
}

function textOf(field: string, text: string, words: Words, format: Format): string {
  const named: Record<string, string> =
    field === 'kind'
      ? { ...words.catalogue.kinds, ...words.useKinds }
      : field === 'uses'
        ? { ...words.compute.uses }
        : {};
  if (Object.hasOwn(named, text)) return named[text];
  return ['country', 'countries', 'jurisdiction.countries'].includes(field) ? format.country(text) : text;
}

function optionText({ component, share, could }: Option, w: Words['catalogue'], format: Format): string {
  const parts = [
    ...(share === 0 ? [w.substitute] : share === null ? [] : [format.share(share)]),
    ...(could === null ? [] : [w.could(format.share(could))]),
  ];
  return parts.length === 0 ? component : `${component} (${parts.join(', ')})`;
}
