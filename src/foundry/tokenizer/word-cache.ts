// Caches the ids of recent pre-tokens in a fixed amount of memory. It changes the speed of encoding, never the ids.

import type { MergeInput } from './bpe.ts';

const MAX_ENTRIES = 1 << 15;
const MIN_ENTRIES = 1 << 9;

/** The longest pre-token that is cached, in bytes. */
export const CACHED_BYTES = 32;
const CACHED_IDS = 12;

/**
 * A direct-mapped cache: the hash of a pre-token gives its only entry, and a later pre-token overwrites an earlier one. About 2.7 MB
 * at most; it starts small, for callers with a few short texts.
 */
export class WordCache {
  #entries = MIN_ENTRIES;
  #keys = new Uint8Array(MIN_ENTRIES * CACHED_BYTES);
  #keyLengths = new Uint8Array(MIN_ENTRIES); // 0: empty
  #ids = new Uint32Array(MIN_ENTRIES * CACHED_IDS);
  #idCounts = new Uint8Array(MIN_ENTRIES);
  #written = 0;

  /** The entry of a pre-token of 1 to CACHED_BYTES bytes. */
  entryOf({ bytes, start, end }: MergeInput): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    return (hash ^ (hash >>> 15)) & (this.#entries - 1);
  }

  /** Writes the cached ids of a pre-token and returns their number; 0 if the entry holds another pre-token. */
  read(entry: number, { bytes, start, end, out, at }: MergeInput): number {
    if (this.#keyLengths[entry] !== end - start) return 0;
    const keys = this.#keys;
    for (let i = start, k = entry * CACHED_BYTES; i < end; i++, k++) if (keys[k] !== bytes[i]) return 0;
    const count = this.#idCounts[entry];
    for (let i = 0, k = entry * CACHED_IDS; i < count; i++, k++) out[at + i] = this.#ids[k];
    return count;
  }

  /** Stores out[at, at + count) as the ids of a pre-token, unless they are too many. */
  write(entry: number, { bytes, start, end, out, at }: MergeInput, count: number): void {
    if (count > CACHED_IDS) return;
    for (let i = start, k = entry * CACHED_BYTES; i < end; i++, k++) this.#keys[k] = bytes[i];
    for (let i = 0, k = entry * CACHED_IDS; i < count; i++, k++) this.#ids[k] = out[at + i];
    this.#keyLengths[entry] = end - start;
    this.#idCounts[entry] = count;
    if (++this.#written > this.#entries && this.#entries < MAX_ENTRIES) this.#grow();
  }

  /** Empties the cache and makes it larger: every pre-token has another entry now, and the common ones soon come again. */
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
