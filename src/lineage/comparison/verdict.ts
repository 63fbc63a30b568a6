// What follows from a comparison, for each group of each reference. All groups of all references share one error rate.

import { log64 } from '../../engine/index.ts';
import type { Comparison } from './compare.ts';
import type { GroupComparison } from './compared-group.ts';
import { holm } from './laws.ts';

export type Verdict = 'identical' | 'shares' | 'trace' | 'none' | 'untestable';

/** A chance below this, after adjustment, though above the limit of `shares`. */
const LN_TRACE = log64(1e-4);
/** `shares` needs more than a small chance: of all matches this part in place, in order, or beyond even in their signs. */
const WEAK = 0.1;

export interface JudgedGroup extends GroupComparison {
  verdict: Verdict;
  /** ln of the chance after Holm's adjustment. */
  lnAdjusted: number;
}

/** How much more than chance the best test found: 0 of nothing, 1 of all matches. */
function effectOf({ tests }: GroupComparison): number {
  const best = tests.toSorted((a, b) => a.lnChance - b.lnChance)[0];
  if (!best || best.of === 0) return 0;
  const expected = best.expected ?? 2 * Math.sqrt(best.of);
  return Math.max(0, (best.count - expected) / Math.max(1, best.of - expected));
}

/** `lnNested` is the adjusted chance where units may stand in nested groups: it must be below alpha as well. */
function verdictOf(group: GroupComparison, lnAdjusted: number, lnNested: number, lnAlpha: number): Verdict {
  if (group.equality !== undefined) return 'identical';
  if (group.tests.length === 0 || group.tests.every(({ of }) => of === 0)) return 'untestable';
  if (Math.max(lnAdjusted, lnNested) < lnAlpha && effectOf(group) >= WEAK) return 'shares';
  return lnAdjusted < Math.max(lnAlpha, LN_TRACE) ? 'trace' : 'none';
}

/**
 * The verdicts on all groups of all comparisons. `tried` is the number of references that were ever compared with this suspect, these
 * included.
 */
export function judge(comparisons: readonly Comparison[], alpha: number, tried = comparisons.length): JudgedGroup[][] {
  const all = comparisons.map(({ towers }) => towers.flatMap(({ groups }) => groups));
  const chances = all.flat().map(({ lnChance }) => lnChance);
  const tests = Math.ceil((chances.length * Math.max(tried, comparisons.length)) / Math.max(1, comparisons.length));
  const adjusted = holm(chances, tests);
  const nested = holm(
    all.flat().map(({ lnNested }) => lnNested),
    tests,
  );
  let at = 0;
  return all.map((groups) =>
    groups.map((group) => {
      const [lnAdjusted, lnNested] = [adjusted[at]!, nested[at]!];
      at++;
      return { ...group, lnAdjusted, verdict: verdictOf(group, lnAdjusted, lnNested, log64(alpha)) };
    }),
  );
}
