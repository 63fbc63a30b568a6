// The exact law of matches in place, which the bound of verdicts is held against.

import { log64 } from '../../../engine/index.ts';
import { type Block, checkBlock, lnAdd, lnChoose, lnFactorial } from '../laws.ts';

/**
 * The law of a block: for k from 0, ln of the probability that exactly k matches are in place. Of the h! orders of h labels
 * C(m, k) f(m - k, h - k) put exactly k of m matches in place, where f(m, h) of them put none of m there: f(0, h) = h!, f(m, h) =
 * f(m - 1, h) - f(m - 1, h - 1).
 */
export function placesLaw(block: Block): Float64Array {
  checkBlock(block);
  const { rows: h, matches: m } = block;
  const others = h - m;
  // After round i, shares[j] = f(i, others + j) / (others + j)! for j from i on; f(i, others + i) is what the law needs.
  const shares = new Float64Array(m + 1).fill(1);
  const law = new Float64Array(m + 1);
  for (let i = 0; i <= m; i++) {
    const k = m - i;
    law[k] = lnChoose(m, k) + lnFactorial(h - k) - lnFactorial(h) + log64(shares[i]!);
    for (let j = m; j > i; j--) shares[j]! -= shares[j - 1]! / (others + j);
  }
  return law;
}

/**
 * ln of the probability that at least `places` matches of all blocks are in place. Time and memory grow with blocks, matches and places:
 * for many places `lnPlacesBound` says enough.
 */
export function lnPlacesTail(blocks: readonly Block[], places: number): number {
  // By how many are in place; the last entry stands for `places` and more.
  let sums = new Float64Array(places + 1).fill(Number.NEGATIVE_INFINITY);
  sums[0] = 0;
  for (const block of blocks) {
    const law = placesLaw(block);
    const next = new Float64Array(places + 1).fill(Number.NEGATIVE_INFINITY);
    for (const [before, lnSums] of sums.entries()) {
      if (lnSums === Number.NEGATIVE_INFINITY) continue;
      for (const [k, lnLaw] of law.entries()) {
        const at = Math.min(places, before + k);
        next[at] = lnAdd(next[at]!, lnSums + lnLaw);
      }
    }
    sums = next;
  }
  return Math.min(0, sums[places]!);
}
