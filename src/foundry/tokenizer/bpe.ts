// Merges one pre-token: the lowest merge first, the leftmost of equal ones, until none applies. Knows no text.

import { grown } from './grown.ts';
import type { Vocabulary } from './vocabulary.ts';

const NONE = 0x7fffffff;

/** Up to this length a scan of all pairs is faster than a heap. */
const SHORT = 40;

/** A pre-token to merge, bytes[start, end), and where its ids go: to `out` from index `at` on. */
export interface MergeInput {
  bytes: Uint8Array;
  start: number;
  end: number;
  out: Uint32Array;
  at: number;
}

/** The merges of a vocabulary, indexed for lookup. */
export class Merger {
  /** Ids of the single bytes. */
  readonly #byteIds = new Int32Array(256);
  readonly #products: Int32Array;
  // Open addressing; four numbers per slot: left, right, rank, unused. In an empty slot left is -1.
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #symbols = new Int32Array(SHORT + 1);
  readonly #ranks = new Int32Array(SHORT + 1);

  constructor({ tokens, specials, merges }: Vocabulary) {
    const special = new Set(specials.values());
    tokens.forEach((bytes, id) => {
      if (bytes.length === 1 && !special.has(id)) this.#byteIds[bytes[0]] = id;
    });
    const count = merges.length / 3;
    let capacity = 16;
    while (capacity < count * 2) capacity *= 2;
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity * 4).fill(-1);
    this.#products = new Int32Array(count);
    for (let rank = 0; rank < count; rank++) {
      const left = merges[rank * 3];
      const right = merges[rank * 3 + 1];
      this.#products[rank] = merges[rank * 3 + 2];
      let slot = hash(left, right) & this.#mask;
      while (this.#slots[slot * 4] >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot * 4] = left;
      this.#slots[slot * 4 + 1] = right;
      this.#slots[slot * 4 + 2] = rank;
    }
  }

  byteId(byte: number): number {
    return this.#byteIds[byte];
  }

  #rank(left: number, right: number): number {
    const slots = this.#slots;
    for (let slot = hash(left, right) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 4;
      if (slots[at] === left && slots[at + 1] === right) return slots[at + 2];
      if (slots[at] < 0) return NONE;
    }
  }

  /**
   * Writes the ids of a pre-token (at most end - start) and returns their number. The time is O(n log n) in the length; a long
   * pre-token takes about 30 bytes of memory per byte.
   */
  merge(input: MergeInput): number {
    return input.end - input.start <= SHORT ? this.#mergeShort(input) : this.#mergeLong(input);
  }

  #mergeShort({ bytes, start, end, out, at }: MergeInput): number {
    const symbols = this.#symbols;
    const ranks = this.#ranks; // ranks[i] is the rank of the pair i, i + 1
    let count = end - start;
    for (let i = 0; i < count; i++) symbols[i] = this.#byteIds[bytes[start + i]];
    for (let i = 0; i + 1 < count; i++) ranks[i] = this.#rank(symbols[i], symbols[i + 1]);
    while (count > 1) {
      let best = 0;
      for (let i = 1; i + 1 < count; i++) if (ranks[i] < ranks[best]) best = i;
      if (ranks[best] === NONE) break;
      symbols[best] = this.#products[ranks[best]];
      count--;
      for (let i = best + 1; i < count; i++) {
        symbols[i] = symbols[i + 1];
        ranks[i] = ranks[i + 1];
      }
      if (best > 0) ranks[best - 1] = this.#rank(symbols[best - 1], symbols[best]);
      if (best + 1 < count) ranks[best] = this.#rank(symbols[best], symbols[best + 1]);
    }
    for (let i = 0; i < count; i++) out[at + i] = symbols[i];
    return count;
  }

  #mergeLong({ bytes, start, end, out, at }: MergeInput): number {
    const count = end - start;
    const symbols = new Int32Array(count); // -1 where the symbol was merged into the one before it
    const next = new Int32Array(count);
    const previous = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      symbols[i] = this.#byteIds[bytes[start + i]];
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    const heap = new MergeHeap();
    const offer = (i: number): void => {
      const rank = this.#rank(symbols[i], symbols[next[i]]);
      if (rank !== NONE) heap.push(rank, i);
    };
    for (let i = 0; i + 1 < count; i++) offer(i);
    while (heap.size > 0) {
      const key = heap.pop();
      const i = key % POSITIONS;
      const rank = (key - i) / POSITIONS;
      const j = next[i];
      // An entry is stale if one of its two symbols has merged with another one since.
      if (symbols[i] < 0 || j >= count || this.#rank(symbols[i], symbols[j]) !== rank) continue;
      symbols[i] = this.#products[rank];
      symbols[j] = -1;
      const after = next[j];
      next[i] = after;
      if (after < count) {
        previous[after] = i;
        offer(i);
      }
      if (previous[i] >= 0) offer(previous[i]);
    }
    let written = 0;
    for (let i = 0; i < count; i = next[i]) out[at + written++] = symbols[i];
    return written;
  }
}

function hash(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right + 0x7f4a7c15, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** Keys are rank * POSITIONS + position: exact in a double, and in the order of merging. */
const POSITIONS = 2 ** 32;

/** A binary heap of keys, smallest first. */
class MergeHeap {
  #keys = new Float64Array(64);
  size = 0;

  push(rank: number, position: number): void {
    const key = rank * POSITIONS + position;
    if (this.size === this.#keys.length) this.#keys = grown(this.#keys, this.size * 2);
    const keys = this.#keys;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[i] = keys[parent];
      i = parent;
    }
    keys[i] = key;
  }

  pop(): number {
    const keys = this.#keys;
    const top = keys[0];
    const key = keys[--this.size];
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      keys[i] = keys[child];
      i = child;
    }
    keys[i] = key;
    return top;
  }
}
