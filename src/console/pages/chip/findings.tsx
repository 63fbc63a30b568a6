// The findings of a chip card as a table for each group: a line for each operation, a column for each type, with the result in words and the
// numbers that it comes from.

import { Table } from '../../parts/elements.tsx';
import { useConsole } from '../../state/context.ts';
import type { ChipCard } from '../../types.ts';
import { numbersText } from './numbers-text.ts';
import { summaryOf } from './summary.ts';

/** A reason that the measuring program itself writes; others are messages of PyTorch. */
const THREADS_FIXED = 'PyTorch cannot set the number of threads of this device';

type Finding = ChipCard['findings'][number];
type About = Finding['about'];

/** What findings are about, by what a reader looks for. */
const GROUPS: [name: 'arithmetic' | 'products' | 'repeat' | 'accuracy', about: About[]][] = [
  ['repeat', ['repeat-run', 'repeat-address', 'repeat-threads', 'repeat-batch']],
  ['products', ['product-inputs', 'product-sums']],
  ['arithmetic', ['multiply-add', 'rounding', 'subnormal-inputs', 'subnormal-outputs']],
  ['accuracy', ['accuracy']],
];

export function Findings({ of }: { of: Finding[] }) {
  const { words, format } = useConsole();
  const w = words.chip;
  const lacking = of.filter(({ result }) => result === null).length;
  const never = GROUPS.flatMap(([, sections]) => sections).filter((about) => !of.some((one) => one.about === about));
  return (
    <>
      <p>{summaryOf(of, w, format).join(' ')}</p>
      <p class="soft">
        {lacking > 0
          ? w.notMeasuredCount(format.count(lacking), format.count(of.length))
          : w.allMeasured(format.count(of.length))}{' '}
        {never.length > 0 && `${w.never} ${format.list(never.map((about) => w.sections[about]))}.`} {w.notIn}
      </p>
      {GROUPS.map(([name, sections]) => {
        const found = of.filter(({ about }) => sections.includes(about));
        return found.length > 0 && <Group key={name} name={name} sections={sections} of={found} />;
      })}
    </>
  );
}

function Group({ name, sections, of }: { name: (typeof GROUPS)[number][0]; sections: About[]; of: Finding[] }) {
  const w = useConsole().words.chip;
  const types = [...new Set(of.map(({ dtype }) => dtype))];
  return (
    <div class="stacked">
      <h3>{w.groups[name]}</h3>
      <p class="soft">{name === 'accuracy' ? w.accuracyLead : w.groupLeads[name]}</p>
      <div class="findings">
        <Table
          caption={w.groups[name]}
          head={[
            ...(sections.length > 1 ? [w.asked] : []),
            w.operation,
            ...types.map((type) => <code key={type}>{type}</code>),
          ]}
        >
          {sections.map((about) => {
            const found = of.filter((one) => one.about === about);
            if (found.length === 0) return null;
            const operations = [...new Set(found.map((one) => one.of))];
            return operations.map((operation, i) => (
              <tr key={`${about} ${operation}`}>
                {i === 0 && sections.length > 1 && (
                  <th scope="rowgroup" rowSpan={operations.length} class="question">
                    {w.sections[about]}
                  </th>
                )}
                <th scope="row">
                  <Operation of={operation} />
                </th>
                {types.map((type) => (
                  <td key={type}>
                    <Result of={found.find((one) => one.of === operation && one.dtype === type)} />
                  </td>
                ))}
              </tr>
            ));
          })}
        </Table>
      </div>
    </div>
  );
}

/** A finding: its result in words, and its numbers in small type. Of a type that the card does not look at a dash. */
function Result({ of }: { of: Finding | undefined }) {
  const { words, format } = useConsole();
  const w = words.chip;
  if (!of) return <span class="soft">–</span>;
  const { result, reason } = of;
  return (
    <>
      {result === null ? <span class="warn-text">{w.notMeasured}</span> : w.results[result]}
      <small>
        {reason === null ? (
          numbersText(of, w, format)
        ) : reason === THREADS_FIXED ? (
          w.threadsFixed
        ) : (
          // The first line of a message of PyTorch, as the card keeps it.
          <span lang="en">{reason}</span>
        )}
      </small>
    </>
  );
}

/** An operation by its name in the card; of an accuracy with the output that was measured. One without a word stays as it is. */
function Operation({ of }: { of: string }) {
  const w = useConsole().words.chip;
  const nameOf = (name: string) => w.operations[name as keyof typeof w.operations];
  if (Object.hasOwn(w.operations, of)) return <>{nameOf(of)}</>;
  const [, operation, output] = /^(.+) (\w+)$/.exec(of) ?? [];
  if (operation !== undefined && Object.hasOwn(w.operations, operation))
    return <>{w.outputOf(nameOf(operation), output)}</>;
  return <span lang="en">{of}</span>;
}
