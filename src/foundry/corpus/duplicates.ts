// Finds exact duplicates among any number of documents in bounded memory: digests go to files by their first byte, and each
// file is looked through alone. Knows documents as digests and places only.

import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFully } from '../../base/index.ts';
import { InputFile } from './files.ts';

/** 32 bytes of digest, 2 of file, 6 of place. */
const RECORD = 40;
const BUFFER = RECORD * 400;
/** Few documents need little: a buffer begins small and doubles. */
const FIRST_BUFFER = RECORD * 16;

/** The largest part that is looked through at once; a larger one is split by its next byte. */
const PART_BYTES = 32 * 1024 * 1024;

/** Digests of documents seen lately, direct-mapped: what comes over and over never reaches the disk. */
const RECENT = 1 << 16;
/** Taken this many at a time, when the first of them is needed: most corpora of a test, and many of an audit, are small. */
const RECENT_TOGETHER = 32;

/** Digests that share their first bytes: in a buffer, and in a file once that is full. */
class Part {
  readonly path: string;
  #buffer: Buffer | undefined;
  #used = 0;
  #onDisk = false;

  constructor(path: string) {
    this.path = path;
  }

  add(record: Buffer): void {
    this.#buffer ??= Buffer.allocUnsafe(FIRST_BUFFER);
    if (this.#used === this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(BUFFER, 2 * this.#used));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    record.copy(this.#buffer, this.#used);
    this.#used += RECORD;
    if (this.#used === BUFFER) this.flush();
  }

  flush(): void {
    if (!this.#buffer || this.#used === 0) return;
    const fd = openSync(this.path, 'a'); // opened each time: 256 open files could be too many
    try {
      writeFully(fd, this.#buffer.subarray(0, this.#used));
    } finally {
      closeSync(fd);
    }
    this.#used = 0;
    this.#onDisk = true;
  }

  /** Bytes of all records. */
  get bytes(): number {
    return this.#used + (this.#onDisk ? statSync(this.path).size : 0);
  }

  /** All records, in the order in which they were added. */
  records(): Buffer {
    if (!this.#onDisk) return this.#buffer?.subarray(0, this.#used) ?? Buffer.alloc(0);
    this.flush();
    return readFileSync(this.path);
  }

  done(): void {
    this.#buffer = undefined;
    if (this.#onDisk) rmSync(this.path, { force: true });
  }
}

/** Collects digests, then tells which documents came before. Works in `folder`, which it does not clean up. */
export class Duplicates {
  readonly #parts: Part[];
  readonly #depth: number;
  readonly #most: number;
  readonly #record = Buffer.alloc(RECORD);
  readonly #recent: (Buffer | undefined)[] = [];

  constructor(folder: string, most = PART_BYTES, depth = 0, name = 'digests') {
    this.#parts = Array.from({ length: 256 }, (_, byte) => new Part(join(folder, `${name}-${byte}`)));
    this.#most = most;
    this.#depth = depth;
  }

  /**
   * Adds a document: its SHA-256, and where it is (`file` below 2^16, `place` below 2^48). True where it is already known
   * to be a duplicate; then it is not added. False says nothing: `each` tells in the end.
   */
  add(digest: Buffer, file: number, place: number): boolean {
    const number = digest.readUInt32LE(0) % RECENT;
    this.#recent[Math.floor(number / RECENT_TOGETHER)] ??= Buffer.alloc(RECENT_TOGETHER * 32);
    const recent = this.#recent[Math.floor(number / RECENT_TOGETHER)]!;
    const slot = (number % RECENT_TOGETHER) * 32;
    if (digest.compare(recent, slot, slot + 32) === 0) return true;
    digest.copy(recent, slot);
    digest.copy(this.#record);
    this.#record.writeUInt16LE(file, 32);
    this.#record.writeUIntLE(place, 34, 6);
    this.#addRecord(this.#record);
    return false;
  }

  #addRecord(record: Buffer): void {
    this.#parts[record[this.#depth]].add(record);
  }

  /** Calls `onDuplicate` for each document whose digest was added before, and yields after each part; the collection is used up. */
  *each(onDuplicate: (file: number, place: number) => void): Generator<void> {
    for (const part of this.#parts) {
      if (part.bytes > this.#most && this.#depth < 31) {
        part.flush();
        const smaller = new Duplicates('', this.#most, this.#depth + 1, `${part.path}`);
        const input = new InputFile(part.path);
        try {
          for (let record = input.next(RECORD); record; record = input.next(RECORD)) smaller.#addRecord(record);
        } finally {
          input.close();
        }
        part.done();
        yield* smaller.each(onDuplicate);
      } else {
        findIn(part.records(), onDuplicate);
        part.done();
      }
      yield;
    }
  }
}

/** An open-addressing table over the records' own bytes: no object a document. */
function findIn(records: Buffer, onDuplicate: (file: number, place: number) => void): void {
  const count = records.length / RECORD;
  if (count < 2) return;
  let slots = 2;
  while (slots < 2 * count) slots *= 2;
  const table = new Int32Array(slots).fill(-1);
  for (let i = 0; i < count; i++) {
    const at = i * RECORD;
    let slot = records.readUInt32LE(at + 28) & (slots - 1); // the last bytes: the first are alike in a part
    for (; table[slot] >= 0; slot = (slot + 1) & (slots - 1)) {
      const other = table[slot] * RECORD;
      if (records.compare(records, other, other + 32, at, at + 32) === 0) break;
    }
    if (table[slot] < 0) table[slot] = i;
    else onDuplicate(records.readUInt16LE(at + 32), records.readUIntLE(at + 34, 6));
  }
}
