// The windows that make the batch of a step: a pure function of seed and step, without a cursor.

import { keyOf, philox4x32, type Seed, streamOf } from '../../engine/index.ts';
import { type Batch, emptySlots, type Slots } from './batch.ts';
import { conversationWindows } from './conversations.ts';
import { type TokenFiles, textWindows, type Windows } from './windows.ts';

export interface TokenSource extends TokenFiles {
  /** How often an epoch contains the source. */
  weight: number;
}

const BATCHES = streamOf('batches')[0];
const CONVERSATIONS = streamOf('conversations')[0];

/** Position of `index` (below `size`) in the permutation of an epoch. */
export const permute = (seed: Seed, epoch: number, size: number, index: number): number =>
  permutation({ seed, stream: BATCHES, epoch, size })(index);

/** How many windows of a source with `count` of them an epoch has. */
const shareOf = (count: number, weight: number) => (count === 0 ? 0 : Math.max(1, Math.round(weight * count)));

export class Batches {
  readonly #sources: { windows: Windows; share: number }[];
  readonly #seed: Seed;
  readonly #length: number;
  readonly #hasConversations: boolean;
  readonly #hasReferences: boolean;
  /** Windows of an epoch. */
  readonly windows: number;
  /** The least that `windows` is with any seed: conversations are packed in the order that the seed gives them. */
  readonly leastWindows: number;
  /** Different windows: with weight 2, each window of a source comes twice in an epoch. */
  readonly distinct: number;

  /**
   * Windows have `sequenceLength` slots; a text of fewer tokens than one more has none.
   * @throws JikjiError `marks-broken`, `conversation-long`
   */
  constructor(sources: readonly TokenSource[], seed: Seed, sequenceLength: number) {
    this.#seed = seed;
    this.#length = sequenceLength;
    this.#hasConversations = sources.some(({ marks }) => marks !== undefined);
    this.#hasReferences = sources.some(({ references }) => references !== undefined);
    let leastWindows = 0;
    this.#sources = sources.map(({ tokens, marks, references, weight }, number) => {
      const order = ordered(seed, number);
      const windows = marks
        ? conversationWindows({ tokens, marks, references }, { T: sequenceLength, order })
        : textWindows(tokens, sequenceLength);
      leastWindows += shareOf(windows.least, weight);
      return { windows, share: shareOf(windows.count, weight) };
    });
    this.leastWindows = leastWindows;
    this.windows = this.#sources.reduce((sum, s) => sum + s.share, 0);
    this.distinct = this.#sources.reduce((sum, s) => sum + s.windows.count, 0);
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
    const { share, windows } = this.#sources[source];
    return { source, window: (epoch * share + k) % windows.count };
  }

  /** The slots of a window of a source. */
  window(source: number, window: number): Slots {
    const slots = emptySlots(this.#length, this.#hasReferences);
    this.#sources[source].windows.fill(window, slots, 0);
    return slots;
  }

  /** The windows of a source that have ids of [start, end) in them. Reads no file. */
  windowsOver(source: number, start: number, end: number): number[] {
    return this.#sources[source].windows.over(start, end);
  }

  /** Slots that the first `count` sequences of the training use. Reads no file. */
  used(count: number): number {
    const epochs = Math.floor(count / this.windows);
    let used = 0;
    // Whole epochs take the windows of a source one after another, from the first one on again behind the last.
    for (const { windows, share } of this.#sources) if (share > 0) used += usedInTurn(windows, epochs * share);
    for (let g = epochs * this.windows; g < count; g++) {
      const { source, window } = this.windowAt(g);
      used += this.#sources[source].windows.used(window);
    }
    return used;
  }

  /**
   * The batch of step `step` (from 0), [batchSize, T] each; positions only where one of the sources has conversations, references only
   * where one has them.
   */
  batch(step: number, batchSize: number): Batch {
    const T = this.#length;
    const slots = emptySlots(batchSize * T, this.#hasReferences);
    for (let b = 0; b < batchSize; b++) {
      const { source, window } = this.windowAt(step * batchSize + b);
      this.#sources[source].windows.fill(window, slots, b * T);
    }
    const { positions, ...batch } = slots;
    return this.#hasConversations ? slots : batch;
  }
}

/** Slots that the first `count` windows use, where the first one follows the last. */
function usedInTurn(windows: Windows, count: number): number {
  const rounds = Math.floor(count / windows.count);
  let used = 0;
  for (let window = 0; window < windows.count; window++)
    used += windows.used(window) * (rounds + (window < count % windows.count ? 1 : 0));
  return used;
}

/** The order of the conversations of a source: each source has its own. */
function ordered(seed: Seed, source: number): (n: number, count: number) => number {
  let place: ((n: number) => number) | undefined;
  return (n, size) => {
    place ??= permutation({ seed, stream: CONVERSATIONS, epoch: source, size });
    return place(n);
  };
}

/** Orders that follow from a seed: place after place, without a list. */
const ROUNDS = 6;

/** One order of [0, size). */
interface Permutation {
  seed: Seed;
  /** The low word of a stream. */
  stream: number;
  /** Each number of 32 bits is another order. */
  epoch: number;
  size: number;
}

/** Position of each index (below `size`): a Feistel network over Philox, repeated until the result is below `size`. */
function permutation({ seed, stream, epoch, size }: Permutation): (index: number) => number {
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
