// Sums of points against what they must be.

import { Mark, markOf } from '../../../page-kit/index.ts';
import { useConsole } from '../../state/context.ts';
import { useDraft } from './draft.ts';
import { listOf, type Path } from './yaml-text.ts';

const numberIn = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The sum of the points of a list, in thousandths as the rules count. */
const sumOf = (list: unknown): number =>
  listOf(list).reduce<number>(
    (sum, one) => sum + Math.round(numberIn((one as { points?: unknown } | null)?.points) * 1000),
    0,
  ) / 1000;

/** `of` in all, of `whole`. */
export function Sum({ label, sum, whole }: { label: string; sum: number; whole: unknown }) {
  const { words, format } = useConsole();
  const holds = typeof whole === 'number' && Math.round(whole * 1000) === Math.round(sum * 1000);
  const { sign, tone } = markOf(holds ? 'holds' : 'incomplete');
  return (
    <p class={`sum state ${tone}`}>
      <Mark sign={sign} />
      {words.newBook.sum(label, format.short(sum), typeof whole === 'number' ? format.short(whole) : '–')}
    </p>
  );
}

/** The blocks against the points of the book. */
export function SumOfBlocks() {
  const { words } = useConsole();
  const { valueAt } = useDraft();
  return <Sum label={words.newBook.allBlocks} sum={sumOf(valueAt(['blocks']))} whole={valueAt(['points']) ?? 100} />;
}

export function SumAt({ label, list, whole }: { label: string; list: Path; whole: Path }) {
  const { valueAt } = useDraft();
  return <Sum label={label} sum={sumOf(valueAt(list))} whole={valueAt(whole)} />;
}
