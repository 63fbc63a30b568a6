// The laws of chance behind a verdict: how likely it is that so many matched units stand in the same place, or in the same order, or agree in
// sign, where labels say nothing. All probabilities are natural logarithms: they go far below what a number holds. Knows no model.

import { exp64, log64 } from '../../engine/index.ts';

/** Units of one part of a model, in two models. Under the null hypothesis the labels of one side are in a random order. */
export interface Block {
  /** Rows of the side whose labels are in a random order. */
  rows: number;
  /** Pairs of units that were matched, each of a row of its own, and each of a label that this side has: at most `rows`. */
  matches: number;
}

const lnFactorials: number[] = [0];

/** ln(n!) */
export function lnFactorial(n: number): number {
  for (let i = lnFactorials.length; i <= n; i++) lnFactorials.push(lnFactorials[i - 1]! + log64(i));
  return lnFactorials[n]!;
}

/** ln of the binomial coefficient. */
export const lnChoose = (n: number, k: number): number => lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);

/** ln(e^a + e^b) */
export function lnAdd(a: number, b: number): number {
  const [most, least] = a > b ? [a, b] : [b, a];
  return least === Number.NEGATIVE_INFINITY ? most : most + log64(1 + exp64(least - most));
}

export function checkBlock({ rows, matches }: Block): void {
  const isWhole = Number.isSafeInteger(rows) && Number.isSafeInteger(matches);
  if (!isWhole || matches < 0 || matches > rows) throw new Error(`a block of ${rows} rows has no ${matches} matches`);
}

/**
 * ln of a bound of the probability that at least `places` matches of all blocks are in place: lambda^K / K! * i! / lambda^i, with lambda the
 * sum of matches / rows and i = lambda rounded down, or K if that is less. docs/lineage.md, "Several blocks", has the proof.
 */
export function lnPlacesBound(blocks: readonly Block[], places: number): number {
  for (const block of blocks) checkBlock(block);
  const lambda = blocks.reduce((sum, { rows, matches }) => sum + (rows === 0 ? 0 : matches / rows), 0);
  return lnPlacesOf(lambda, places);
}

function lnPlacesOf(lambda: number, places: number): number {
  if (places === 0) return 0;
  if (lambda === 0) return Number.NEGATIVE_INFINITY;
  const i = Math.min(places, Math.floor(lambda));
  return Math.min(0, (places - i) * log64(lambda) - lnFactorial(places) + lnFactorial(i));
}

/** A block whose labels are random within groups of labels only: how many of these there are at most. */
export interface NestedBlock {
  matches: number;
  groups: number;
}

/**
 * The same where the labels of a block are random within at most so many groups of labels only, whichever these are: each group that holds m of
 * the matches and h labels adds m / h to lambda, which is at most 1. docs/lineage.md, "Nested labels", has the proof.
 */
export function lnNestedPlacesBound(blocks: readonly NestedBlock[], places: number): number {
  const lambda = blocks.reduce((sum, { matches, groups }) => sum + Math.min(groups, matches), 0);
  return lnPlacesOf(lambda, places);
}

/** ln of the probability that at least `agreeing` of `signs` fair coins fall on one side, which is named before. */
export function lnSignsTail(signs: number, agreeing: number): number {
  let tail = Number.NEGATIVE_INFINITY;
  for (let k = signs; k >= agreeing; k--) tail = lnAdd(tail, lnChoose(signs, k) - signs * Math.LN2);
  return Math.min(0, tail);
}

/** Above so many additions `lnOrderBound` takes the bound that needs none. */
const MAX_ADDITIONS = 1e7;

/**
 * ln of a bound of the probability that blocks of so many matches hold, together, so many in the same order on both sides: the coefficient of
 * x^longest in the product over the blocks of sum_j C(m, j) x^j / j!. Where that is much work, (sum of sqrt(m))^2k / k!^2, which is a
 * little larger. docs/lineage.md, "The same order", has the proofs.
 */
export function lnOrderBound(matches: readonly number[], longest: number): number {
  const total = matches.reduce((sum, m) => sum + m, 0);
  if (longest > total) return Number.NEGATIVE_INFINITY;
  if (total * longest > MAX_ADDITIONS) {
    const blocks = matches.map((m) => ({ matches: m, groups: 1 }));
    return lnNestedOrderBound(blocks, longest);
  }
  let product = new Float64Array(longest + 1).fill(Number.NEGATIVE_INFINITY);
  product[0] = 0;
  for (const m of matches) {
    const next = new Float64Array(longest + 1).fill(Number.NEGATIVE_INFINITY);
    for (const [before, value] of product.entries()) {
      if (value === Number.NEGATIVE_INFINITY) continue;
      for (let j = 0; j <= Math.min(m, longest - before); j++)
        next[before + j] = lnAdd(next[before + j]!, value + lnChoose(m, j) - lnFactorial(j));
    }
    product = next;
  }
  return Math.min(0, product[longest]!);
}

/** A bound of the same where labels are random within at most so many groups of each block only: (sum of sqrt(groups m))^2k / k!^2. */
export function lnNestedOrderBound(blocks: readonly NestedBlock[], longest: number): number {
  if (longest === 0) return 0;
  const roots = blocks.reduce((sum, { matches, groups }) => sum + Math.sqrt(Math.min(groups, matches) * matches), 0);
  if (roots === 0) return Number.NEGATIVE_INFINITY;
  return Math.min(0, 2 * (longest * log64(roots) - lnFactorial(longest)));
}

/** Holm's adjusted p-values, as logarithms; of a family with `tests` tests in all. Holm 1979, "A simple sequentially rejective multiple test procedure". */
export function holm(lnValues: readonly number[], tests = lnValues.length): number[] {
  const order = [...lnValues.keys()].sort((a, b) => lnValues[a]! - lnValues[b]!);
  const adjusted = new Array<number>(lnValues.length);
  let most = Number.NEGATIVE_INFINITY;
  for (const [rank, i] of order.entries()) {
    most = Math.max(most, Math.min(0, lnValues[i]! + log64(tests - rank)));
    adjusted[i] = most;
  }
  return adjusted;
}
