// Chooses the slices of documents that are held out where whole documents are too few. Knows slices as digests, sizes and sources
// only; builder and auditor use the same class. Memory: 40 bytes per slice, at most MAX_SLICES.

import { JikjiError } from '../../base/index.ts';
import { Cutter, MAX_DOCUMENT } from './cut.ts';

export const MAX_SLICES = 1 << 21;

/** With a limit of 8 bytes a slice is longer than half the limit, whatever its characters are: see `sliceText`. */
const MIN_SLICE = 8;
/** Shorter slices give no useful measurement; they are used only where the whole share is shorter. */
const MIN_USEFUL_SLICE = 2048;

/**
 * The longest slice in bytes for a source of `bytes` bytes of which `share` is to be held out: an eighth of the held-out bytes, at
 * least 2 KiB, at most all of them and at most a document.
 */
export function sliceBytes(share: number, bytes: number): number {
  const wanted = Math.floor(share * bytes);
  return Math.max(MIN_SLICE, Math.min(MAX_DOCUMENT, wanted, Math.max(Math.floor(wanted / 8), MIN_USEFUL_SLICE)));
}

/**
 * Cuts a text into slices as `Cutter` does, from its start. Every cut depends on the next `maxBytes` bytes only and takes more than
 * half of them, so a piece of the text that begins and ends at cuts is cut into the same slices again.
 */
export function sliceText(text: string, maxBytes: number, onSlice: (text: string) => void): void {
  const cutter = new Cutter(onSlice, maxBytes);
  cutter.push(text);
  cutter.end();
}

/** Record: 32 bytes of digest, 4 of size, 2 of source, 1 of flags. */
const RECORD = 40;
const SIZE = 32;
const SOURCE = 36;
const FLAGS = 38;
const BLANK = 1;
const DROPPED = 2;
const HELD_OUT = 4;

export class Slices {
  #records = Buffer.alloc(RECORD * 1024);
  count = 0;

  /** Adds a slice; returns its number. @throws JikjiError `slices-too-many` */
  add(digest: Uint8Array, text: string, source: number): number {
    if (this.count === MAX_SLICES) {
      const message = `more than ${MAX_SLICES} slices to choose from`;
      throw new JikjiError('slices-too-many', message, 'corpus.validation', 'raise it, or set it to 0');
    }
    const at = this.count * RECORD;
    if (at === this.#records.length) this.#records = Buffer.concat([this.#records], 2 * at);
    this.#records.set(digest, at);
    this.#records.writeUInt32LE(Buffer.byteLength(text), at + SIZE);
    this.#records.writeUInt16LE(source, at + SOURCE);
    this.#records[at + FLAGS] = /\S/.test(text) ? 0 : BLANK;
    return this.count++;
  }

  /** Removes a slice from the corpus. */
  drop(slice: number): void {
    this.#records[slice * RECORD + FLAGS] |= DROPPED;
  }

  isDropped = (slice: number): boolean => (this.#flags(slice) & DROPPED) !== 0;
  isHeldOut = (slice: number): boolean => (this.#flags(slice) & HELD_OUT) !== 0;
  #flags = (slice: number): number => this.#records[slice * RECORD + FLAGS];

  /**
   * Chooses the held-out slices. Takes slices in ascending order of digests, if their text is not blank and occurs only once in the
   * corpus, until a source's held-out bytes are less than half a slice (`maxBytes` of the source) below its share.
   */
  choose(share: number, maxBytes: readonly number[]): void {
    const records = this.#records;
    const bytes = maxBytes.map(() => 0);
    const order = new Uint32Array(this.count);
    let n = 0;
    for (let i = 0; i < this.count; i++) {
      records[i * RECORD + FLAGS] &= ~HELD_OUT;
      if (this.isDropped(i)) continue;
      order[n++] = i;
      bytes[records.readUInt16LE(i * RECORD + SOURCE)] += records.readUInt32LE(i * RECORD + SIZE);
    }
    // After all bytes are counted: sums of fractions would depend on the order of the slices.
    const wanting = maxBytes.map((limit, source) => share * bytes[source] - limit / 2);
    const starts = Uint32Array.from({ length: this.count }, (_, i) => records.readUInt32BE(i * RECORD));
    const compare = (a: number, b: number) =>
      starts[a] - starts[b] || records.compare(records, b * RECORD, b * RECORD + SIZE, a * RECORD, a * RECORD + SIZE);
    const live = order.subarray(0, n).sort(compare);
    const isEqualToNext = (k: number) => k >= 0 && k + 1 < n && compare(live[k], live[k + 1]) === 0;
    live.forEach((slice, k) => {
      const at = slice * RECORD;
      const source = records.readUInt16LE(at + SOURCE);
      if (wanting[source] <= 0 || records[at + FLAGS] & BLANK || isEqualToNext(k - 1) || isEqualToNext(k)) return;
      records[at + FLAGS] |= HELD_OUT;
      wanting[source] -= records.readUInt32LE(at + SIZE);
    });
  }
}
