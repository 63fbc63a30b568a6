// Whether labels go with a number that each unit has: units sorted by their norm, or nested (the first half larger, or a middle part), do not
// stand in a random order, and the laws of chance say nothing about them. Kendall's rank correlation, and Wilcoxon's rank sum of halves,
// quarters and eighths, with proved bounds. Knows no model.

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

/** Equal parts of the labels that are looked at: halves, quarters and eighths. */
const PARTS = [2, 4, 8] as const;

/** Of each value, how many of the others are smaller less how many are larger. */
function ranksOf(values: ArrayLike<number>): Int32Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]! || a - b,
  );
  const ranks = new Int32Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let at = start; at < end; at++) ranks[order[at]!] = start - (order.length - end);
  }
  return ranks;
}

/**
 * ln of a bound of the probability that, of values in a random order, one half, quarter or eighth of the labels holds so large ones, or so
 * small ones, as of these: 2 e^(-T^2 / 2 V) for each part, times their number, T the sum of `ranksOf` in the part and V its variance, over all blocks.
 * `blocks` is as above. docs/lineage.md, "Labels that are sorted", has the proof.
 */
export function lnPartsBound(blocks: readonly ArrayLike<number>[]): number {
  const ranks = blocks.map(ranksOf);
  let least = 0;
  for (const parts of PARTS) {
    for (let part = 0; part < parts; part++) {
      let [t, variance] = [0, 0];
      for (const own of ranks) {
        const [start, end] = [Math.floor((part * own.length) / parts), Math.floor(((part + 1) * own.length) / parts)];
        for (let at = start; at < end; at++) t += own[at]!;
        variance += ((end - start) * (own.length - end + start) * (own.length + 1)) / 3;
      }
      if (variance > 0) least = Math.min(least, log64(2) - (t * t) / (2 * variance));
    }
  }
  const tests = PARTS.reduce((sum, parts) => sum + parts, 0);
  return Math.min(0, least + log64(tests));
}
