// How much each distinct pre-token weighs in the training text. Knows bytes, not merges.

/** Distinct byte strings with a weight each, in the order of first appearance. */
export class WordCounts {
  /** The distinct pre-tokens one after the other; word i is [starts[i], starts[i + 1]). */
  bytes = new Uint8Array(1 << 16);
  starts = new Uint32Array(1 << 12);
  weights = new Float64Array(1 << 12);
  size = 0;
  /** Occurrences that found no room. */
  leftOut = 0;

  readonly #mostBytes: number;
  #hashes = new Int32Array(1 << 12);
  #table = new Int32Array(1 << 13).fill(-1);

  /** `mostBytes` bounds the sum of the lengths of all distinct pre-tokens. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Adds `weight` to the pre-token text[start, end); a new one that finds no room is left out and counted. */
  add(text: Uint8Array, start: number, end: number, weight: number): void {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ text[i]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let word = this.#table[slot]!; word >= 0; word = this.#table[slot]!) {
      if (this.#hashes[word] === hash && this.#same(word, text, start, end)) {
        this.weights[word]! += weight;
        return;
      }
      slot = (slot + 1) & mask;
    }
    const from = this.starts[this.size]!;
    const length = end - start;
    if (from + length > this.#mostBytes) {
      this.leftOut++;
      return;
    }
    this.#makeRoom(from + length);
    for (let i = 0; i < length; i++) this.bytes[from + i] = text[start + i]!;
    this.weights[this.size] = weight;
    this.#hashes[this.size] = hash;
    this.#table[slot] = this.size++;
    this.starts[this.size] = from + length;
    if (this.size * 2 > this.#table.length) this.#rehash();
  }

  #same(word: number, text: Uint8Array, start: number, end: number): boolean {
    let at = this.starts[word]!;
    if (this.starts[word + 1]! - at !== end - start) return false;
    for (let i = start; i < end; i++) if (this.bytes[at++] !== text[i]) return false;
    return true;
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.bytes.length) {
      const larger = new Uint8Array(Math.max(bytes, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    if (this.size + 2 > this.starts.length) {
      const capacity = this.starts.length * 2;
      const { starts, weights } = this;
      const hashes = this.#hashes;
      this.starts = new Uint32Array(capacity);
      this.starts.set(starts);
      this.weights = new Float64Array(capacity);
      this.weights.set(weights);
      this.#hashes = new Int32Array(capacity);
      this.#hashes.set(hashes);
    }
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let word = 0; word < this.size; word++) {
      let slot = this.#hashes[word]! & mask;
      while (table[slot]! >= 0) slot = (slot + 1) & mask;
      table[slot] = word;
    }
    this.#table = table;
  }
}
