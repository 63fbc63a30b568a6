// Whether labels go with a number that each unit has: units sorted by their norm, or nested (the first half larger), do not stand in a random
// order, and the laws of chance say nothing about them. Kendall's rank correlation, with a proved bound. Knows no model.

import { log64 } from '../../engine/index.ts';

/** Kendall's S: of all pairs of labels, how many rise in value less how many fall. Equal values count for neither. */
function kendall(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values);
  if (sorted.some(Number.isNaN)) throw new Error('a trend of values that are not numbers');
  let s = 0;
  // Runs of `width` are sorted; the pairs between a left and a right one are counted, and the two become one.
  for (let width = 1; width < sorted.length; width *= 2) {
    for (let start = 0; start + width < sorted.length; start += 2 * width) {
      const left = sorted.subarray(start, start + width);
      const right = sorted.subarray(start + width, start + 2 * width);
      let less = 0;
      let notMore = 0;
      for (const value of right) {
        while (less < left.length && left[less]! < value) less++;
        while (notMore < left.length && left[notMore]! <= value) notMore++;
        s += less - (left.length - notMore);
      }
      sorted.subarray(start, start + 2 * width).sort();
    }
  }
  return s;
}

/**
 * ln of a bound of the probability that values in a random order rise or fall with their labels as much as these: 2 e^(-S^2 / 2 V), S the sum of
 * Kendall's over the blocks and V its variance. `blocks` holds the values of labels 0, 1, 2, ... of each block; the orders of different
 * blocks are independent. docs/lineage.md, "Labels that are sorted", has the proof.
 */
export function lnTrendBound(blocks: readonly ArrayLike<number>[]): number {
  let s = 0;
  let variance = 0;
  for (const values of blocks) {
    const h = values.length;
    s += kendall(values);
    variance += (h * (h - 1) * (2 * h + 5)) / 18;
  }
  return variance === 0 ? 0 : Math.min(0, log64(2) - (s * s) / (2 * variance));
}
