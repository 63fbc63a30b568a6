// Orders that follow from a seed: place after place, without a list.

import { keyOf, philox4x32, type Seed } from '../../engine/index.ts';

const ROUNDS = 6;

/** One order of [0, size). */
export interface Permutation {
  seed: Seed;
  /** The low word of a stream. */
  stream: number;
  /** Each number of 32 bits is another order. */
  epoch: number;
  size: number;
}

/** Position of each index (below `size`): a Feistel network over Philox, repeated until the result is below `size`. */
export function permutation({ seed, stream, epoch, size }: Permutation): (index: number) => number {
  const key = keyOf(seed);
  let half = 1;
  while (4 ** half < size) half++;
  const radix = 2 ** half;
  return (index) => {
    let value = index;
    do {
      let left = Math.floor(value / radix);
      let right = value % radix;
      for (let round = 0; round < ROUNDS; round++) {
        const mixed = philox4x32([right, round, epoch, stream], key)[0] % radix;
        [left, right] = [right, (left ^ mixed) >>> 0]; // both are below 2^27: an index is exact in binary64
      }
      value = left * radix + right;
    } while (value >= size);
    return value;
  };
}
