// Which slices of documents are held out where whole documents are too few to choose from. Knows slices as digests, sizes and
// sources only; builder and auditor ask the same object. Memory: 40 bytes a slice, at most MAX_SLICES.

import { JikjiError } from '../../base/index.ts';
import { Cutter, MAX_DOCUMENT } from './cut.ts';

export const MAX_SLICES = 1 << 21;

/** Cuts of at most 8 bytes are longer than half of that whatever the characters are: see `sliceText`. */
const MIN = 8;
/** A slice this long is worth measuring on; shorter ones are taken only where the share itself is shorter. */
const WORTH_MEASURING = 2048;

/**
 * The most bytes a slice may have in a source of `bytes` bytes of which `share` is to be held out: an eighth of what is held
 * out, at least 2 KiB, but never more than all of it nor than a document.
 */
export function sliceBytes(share: number, bytes: number): number {
  const wanted = Math.floor(share * bytes);
  return Math.max(MIN, Math.min(MAX_DOCUMENT, wanted, Math.max(Math.floor(wanted / 8), WORTH_MEASURING)));
}

/**
 * Cuts a text into slices as `Cutter` does, from its start. Every cut is taken from the first `most` bytes alone and leaves
 * more than half of them, so a piece of the text that begins and ends at cuts is cut into the same slices again.
 */
export function sliceText(text: string, most: number, onSlice: (text: string) => void): void {
  const cutter = new Cutter(onSlice, most);
  cutter.push(text);
  cutter.end();
}

/** 32 bytes of digest, 4 of size, 2 of source, 1 of flags. */
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

  /** Adds a slice; gives its number. @throws JikjiError `slices-too-many` */
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

  /** Takes a slice out of the corpus. */
  drop(slice: number): void {
    this.#records[slice * RECORD + FLAGS]! |= DROPPED;
  }

  isDropped = (slice: number): boolean => (this.#flags(slice) & DROPPED) !== 0;
  isHeldOut = (slice: number): boolean => (this.#flags(slice) & HELD_OUT) !== 0;
  #flags = (slice: number): number => this.#records[slice * RECORD + FLAGS]!;

  /**
   * Chooses what is held out. In ascending order of digests, a slice whose text is not blank and stands nowhere else in the
   * corpus is held out, until less than half a slice (`most` of its source) is wanting to the share of its source's bytes.
   */
  choose(share: number, most: readonly number[]): void {
    const records = this.#records;
    const bytes = most.map(() => 0);
    const order = new Uint32Array(this.count);
    let n = 0;
    for (let i = 0; i < this.count; i++) {
      records[i * RECORD + FLAGS]! &= ~HELD_OUT;
      if (this.isDropped(i)) continue;
      order[n++] = i;
      bytes[records.readUInt16LE(i * RECORD + SOURCE)]! += records.readUInt32LE(i * RECORD + SIZE);
    }
    // Once all bytes are counted: sums of fractions would depend on the order in which slices came.
    const wanting = most.map((longest, source) => share * bytes[source]! - longest / 2);
    const starts = Uint32Array.from({ length: this.count }, (_, i) => records.readUInt32BE(i * RECORD));
    const compare = (a: number, b: number): number =>
      starts[a]! - starts[b]! || records.compare(records, b * RECORD, b * RECORD + SIZE, a * RECORD, a * RECORD + SIZE);
    const live = order.subarray(0, n).sort(compare);
    const alike = (k: number): boolean => k >= 0 && k + 1 < n && compare(live[k]!, live[k + 1]!) === 0;
    live.forEach((slice, k) => {
      const at = slice * RECORD;
      const source = records.readUInt16LE(at + SOURCE);
      if (wanting[source]! <= 0 || records[at + FLAGS]! & BLANK || alike(k - 1) || alike(k)) return;
      records[at + FLAGS]! |= HELD_OUT;
      wanting[source]! -= records.readUInt32LE(at + SIZE);
    });
  }
}
