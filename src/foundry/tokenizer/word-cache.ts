// Remembers the ids of pre-tokens seen lately, in a fixed amount of memory. It can change how fast ids come, never which.

const MAX_ENTRIES = 1 << 15;
const FIRST_ENTRIES = 1 << 9;

/** Longest pre-token that is remembered, in bytes. */
export const CACHED_BYTES = 32;
const CACHED_IDS = 12;

/**
 * Direct-mapped: a pre-token's hash names its one place, and who comes later takes it. About 2.7 MB; small at first, for
 * who has a few short texts only.
 */
export class WordCache {
  #entries = FIRST_ENTRIES;
  #keys = new Uint8Array(FIRST_ENTRIES * CACHED_BYTES);
  #keyLengths = new Uint8Array(FIRST_ENTRIES); // 0: empty
  #ids = new Uint32Array(FIRST_ENTRIES * CACHED_IDS);
  #idCounts = new Uint8Array(FIRST_ENTRIES);
  #written = 0;

  /** Where bytes[start, end) would be; `end - start` is 1 to CACHED_BYTES. */
  entryOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    return (hash ^ (hash >>> 15)) & (this.#entries - 1);
  }

  /** Writes the remembered ids to `out` from `at` on and returns how many; 0 when the entry holds something else. */
  read(entry: number, bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): number {
    if (this.#keyLengths[entry] !== end - start) return 0;
    const keys = this.#keys;
    for (let i = start, k = entry * CACHED_BYTES; i < end; i++, k++) if (keys[k] !== bytes[i]) return 0;
    const count = this.#idCounts[entry]!;
    for (let i = 0, k = entry * CACHED_IDS; i < count; i++, k++) out[at + i] = this.#ids[k]!;
    return count;
  }

  /** Remembers out[at, at + count) for bytes[start, end), unless those are too many ids. */
  write(
    entry: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint32Array,
    at: number,
    count: number,
  ): void {
    if (count > CACHED_IDS) return;
    for (let i = start, k = entry * CACHED_BYTES; i < end; i++, k++) this.#keys[k] = bytes[i]!;
    for (let i = 0, k = entry * CACHED_IDS; i < count; i++, k++) this.#ids[k] = out[at + i]!;
    this.#keyLengths[entry] = end - start;
    this.#idCounts[entry] = count;
    if (++this.#written > this.#entries && this.#entries < MAX_ENTRIES) this.#grow();
  }

  /** Forgets everything: it is soon seen again, and no place is the same as before. */
  #grow(): void {
    const entries = this.#entries * 8;
    this.#entries = entries;
    this.#keys = new Uint8Array(entries * CACHED_BYTES);
    this.#keyLengths = new Uint8Array(entries);
    this.#ids = new Uint32Array(entries * CACHED_IDS);
    this.#idCounts = new Uint8Array(entries);
    this.#written = 0;
  }
}
