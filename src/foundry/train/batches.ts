// The windows of tokens that make the batch of a step: a pure function of seed and step, without a cursor.

import { keyOf, philox4x32, type Seed, streamOf } from '../../engine/index.ts';

/** Token ids of one source, read in ranges. */
export interface TokenReader {
  readonly length: number;
  read(start: number, count: number): Uint32Array;
}

export interface TokenSource {
  tokens: TokenReader;
  /** How often an epoch contains the source. */
  weight: number;
}

const ROUNDS = 6;
const STREAM = streamOf('batches')[0];

/** Position of `index` (below `size`) in the permutation of an epoch: a Feistel network over Philox, repeated until it is below `size`. */
export function permute(seed: Seed, epoch: number, size: number, index: number): number {
  const key = keyOf(seed);
  let half = 1;
  while (4 ** half < size) half++;
  const radix = 2 ** half;
  let value = index;
  do {
    let left = Math.floor(value / radix);
    let right = value % radix;
    for (let round = 0; round < ROUNDS; round++) {
      const mixed = philox4x32([right, round, epoch, STREAM], key)[0] % radix;
      [left, right] = [right, Number(BigInt(left) ^ BigInt(mixed))];
    }
    value = left * radix + right;
  } while (value >= size);
  return value;
}

export class Batches {
  readonly #sources: { tokens: TokenReader; windows: number; share: number }[];
  readonly #seed: Seed;
  readonly #length: number;
  /** Windows of an epoch. */
  readonly windows: number;
  /** Different windows: with weight 2, each window of a source comes twice in an epoch. */
  readonly distinct: number;

  /** Windows have `sequenceLength` + 1 tokens; a source that is shorter has none. */
  constructor(sources: readonly TokenSource[], seed: Seed, sequenceLength: number) {
    this.#seed = seed;
    this.#length = sequenceLength;
    this.#sources = sources.map(({ tokens, weight }) => {
      const windows = Math.max(0, Math.floor((tokens.length - 1) / sequenceLength));
      return { tokens, windows, share: windows === 0 ? 0 : Math.max(1, Math.round(weight * windows)) };
    });
    this.windows = this.#sources.reduce((sum, s) => sum + s.share, 0);
    this.distinct = this.#sources.reduce((sum, s) => sum + s.windows, 0);
  }

  /** Source and window of sequence `g`, counted over the whole training. */
  windowAt(g: number): { source: number; window: number } {
    const epoch = Math.floor(g / this.windows);
    let k = permute(this.#seed, epoch, this.windows, g % this.windows);
    const source = this.#sources.findIndex((s) => {
      if (k < s.share) return true;
      k -= s.share;
      return false;
    });
    const { share, windows } = this.#sources[source]!;
    return { source, window: (epoch * share + k) % windows };
  }

  /** Inputs and targets of step `step` (from 0), each [batchSize, T] row-major. */
  batch(step: number, batchSize: number): { tokens: Int32Array; targets: Int32Array } {
    const T = this.#length;
    const tokens = new Int32Array(batchSize * T);
    const targets = new Int32Array(batchSize * T);
    for (let b = 0; b < batchSize; b++) {
      const { source, window } = this.windowAt(step * batchSize + b);
      const ids = this.#sources[source]!.tokens.read(window * T, T + 1);
      tokens.set(ids.subarray(0, T), b * T);
      targets.set(ids.subarray(1), b * T);
    }
    return { tokens, targets };
  }
}
