// The findings of a chip card, section by section: the result in words, and the numbers that it comes from.

import type { Format } from '../../../page-kit/index.ts';
import { Table } from '../../parts/elements.tsx';
import { useConsole } from '../../state/context.ts';
import type { ChipCard } from '../../types.ts';
import type { Words } from '../../words/words.ts';

/** A reason that the measuring program itself writes; others are messages of PyTorch. */
const THREADS_FIXED = 'PyTorch cannot set the number of threads of this device';

type Finding = ChipCard['findings'][number];

export function Findings({ of }: { of: Finding[] }) {
  const { words } = useConsole();
  const w = words.chip;
  const sections = [...new Set(of.map(({ about }) => about))];
  return (
    <>
      {sections.map((about) => (
        <div key={about}>
          <h3>{w.sections[about]}</h3>
          {about === 'accuracy' && <p class="soft">{w.accuracyLead}</p>}
          <Table caption={w.sections[about]} head={[w.operation, w.type, w.result, w.numbers]}>
            {of
              .filter((one) => one.about === about)
              .map((one) => (
                <Row key={`${one.of} ${one.dtype}`} of={one} />
              ))}
          </Table>
        </div>
      ))}
    </>
  );
}

function Row({ of }: { of: Finding }) {
  const { words, format } = useConsole();
  const w = words.chip;
  return (
    <tr>
      <th scope="row">
        <Operation of={of.of} />
      </th>
      <td>
        <code>{of.dtype}</code>
      </td>
      <td>{of.result === null ? <span class="warn-text">{w.notMeasured}</span> : w.results[of.result]}</td>
      <td>
        {of.reason === null ? (
          numbersText(of, w, format)
        ) : of.reason === THREADS_FIXED ? (
          w.threadsFixed
        ) : (
          <span lang="en">{of.reason}</span>
        )}
      </td>
    </tr>
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

function numbersText({ about, numbers }: Finding, w: Words['chip'], format: Format): string {
  const text = (name: string) => {
    const value = numbers[name] ?? null;
    return value === null ? '–' : Number.isInteger(value) ? format.count(value) : format.short(value);
  };
  switch (about) {
    case 'multiply-add':
      return `${w.results.fused} ${w.ways(text('fused'), `${w.results.separate} ${text('separate')}`, text('neither'))}`;
    case 'subnormal-inputs':
    case 'subnormal-outputs':
      return `${w.results.kept} ${w.ways(text('kept'), `${w.results.flushed} ${text('flushed')}`, text('neither'))}`;
    case 'product-inputs':
      return w.bits(text('kept'), text('type'));
    case 'product-sums':
      return w.bits(text('kept'), text('most'));
    case 'rounding':
      return w.agree(text('nearestEven'), text('cases'));
    case 'repeat-batch':
      return w.rows(text('rowsDiffering'), text('rows'));
    case 'accuracy':
      return w.errors(text('largest'), text('rms'), text('largestRounded'), text('rmsRounded'));
    default:
      return w.distinct(text('distinct'), text('tries'));
  }
}
