// Counts the distinct pre-tokens of the training text, by weight. Knows bytes, not merges.

import { grown } from './grown.ts';

/** Distinct byte strings with their weights, in the order of first appearance. */
export class WordCounts {
  /** The distinct pre-tokens, concatenated; word i is [starts[i], starts[i + 1]). */
  bytes = new Uint8Array(1 << 16);
  starts = new Uint32Array(1 << 12);
  weights = new Float64Array(1 << 12);
  size = 0;

  readonly #maxBytes: number;
  #hashes = new Int32Array(1 << 12);
  #table = new Int32Array(1 << 13).fill(-1);

  /** `maxBytes` limits the sum of the lengths of all distinct pre-tokens. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Adds `weight` to the pre-token text[start, end). Ignores a new one that does not fit into `maxBytes`. */
  add(text: Uint8Array, start: number, end: number, weight: number): void {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ text[i], 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let word = this.#table[slot]; word >= 0; word = this.#table[slot]) {
      if (this.#hashes[word] === hash && this.#isEqual(word, text, start, end)) {
        this.weights[word] += weight;
        return;
      }
      slot = (slot + 1) & mask;
    }
    const from = this.starts[this.size];
    const length = end - start;
    if (from + length > this.#maxBytes) return;
    this.#reserve(from + length);
    for (let i = 0; i < length; i++) this.bytes[from + i] = text[start + i];
    this.weights[this.size] = weight;
    this.#hashes[this.size] = hash;
    this.#table[slot] = this.size++;
    this.starts[this.size] = from + length;
    if (this.size * 2 > this.#table.length) this.#rehash();
  }

  #isEqual(word: number, text: Uint8Array, start: number, end: number): boolean {
    let at = this.starts[word];
    if (this.starts[word + 1] - at !== end - start) return false;
    for (let i = start; i < end; i++) if (this.bytes[at++] !== text[i]) return false;
    return true;
  }

  #reserve(bytes: number): void {
    if (bytes > this.bytes.length) this.bytes = grown(this.bytes, Math.max(bytes, this.bytes.length * 2));
    if (this.size + 2 <= this.starts.length) return;
    const capacity = this.starts.length * 2;
    this.starts = grown(this.starts, capacity);
    this.weights = grown(this.weights, capacity);
    this.#hashes = grown(this.#hashes, capacity);
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let word = 0; word < this.size; word++) {
      let slot = this.#hashes[word] & mask;
      while (table[slot] >= 0) slot = (slot + 1) & mask;
      table[slot] = word;
    }
    this.#table = table;
  }
}
