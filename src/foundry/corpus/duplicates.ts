// Finds exact duplicates among any number of documents in bounded memory: digests go to files by their first byte, and each file is
// searched alone. Knows documents as digests and positions only.

import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFully } from '../../base/index.ts';
import { InputFile } from './files.ts';

/** Record: 32 bytes of digest, 2 of file, 6 of position. */
const RECORD = 40;
/** A part's buffer begins small and doubles: a small corpus needs little memory. */
const MIN_BUFFER = RECORD * 16;
const MAX_BUFFER = RECORD * 400;

/** The largest part that is searched at once; a larger one is split by its next byte. */
const MAX_PART = 32 * 1024 * 1024;

/** Slots of a direct-mapped cache of recent digests: frequent duplicates never reach the disk. */
const RECENT = 1 << 16;
/** The cache is allocated in blocks of this many slots, on first use: small corpora are common in tests and audits. */
const RECENT_BLOCK = 32;

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
    this.#buffer ??= Buffer.allocUnsafe(MIN_BUFFER);
    if (this.#used === this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(MAX_BUFFER, 2 * this.#used));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    record.copy(this.#buffer, this.#used);
    this.#used += RECORD;
    if (this.#used === MAX_BUFFER) this.flush();
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

  /** All records, in the order of addition. */
  records(): Buffer {
    if (!this.#onDisk) return this.#buffer?.subarray(0, this.#used) ?? Buffer.alloc(0);
    this.flush();
    return readFileSync(this.path);
  }

  remove(): void {
    this.#buffer = undefined;
    if (this.#onDisk) rmSync(this.path, { force: true });
  }
}

/** Collects digests, then finds the documents whose digest was added before. Writes files into `folder` and does not clean it up. */
export class Duplicates {
  readonly #parts: Part[];
  readonly #depth: number;
  readonly #maxPart: number;
  readonly #record = Buffer.alloc(RECORD);
  readonly #recent: (Buffer | undefined)[] = [];

  constructor(folder: string, maxPart = MAX_PART, depth = 0, name = 'digests') {
    this.#parts = Array.from({ length: 256 }, (_, byte) => new Part(join(folder, `${name}-${byte}`)));
    this.#maxPart = maxPart;
    this.#depth = depth;
  }

  /**
   * Adds a document: its SHA-256, and its position (`file` below 2^16, `position` below 2^48). Returns true, and adds nothing, where the
   * cache shows that it is a duplicate. After false it may still be one: `each` finds it.
   */
  add(digest: Buffer, file: number, position: number): boolean {
    const number = digest.readUInt32LE(0) % RECENT;
    const index = Math.floor(number / RECENT_BLOCK);
    this.#recent[index] ??= Buffer.alloc(RECENT_BLOCK * 32);
    const block = this.#recent[index];
    const slot = (number % RECENT_BLOCK) * 32;
    if (digest.compare(block, slot, slot + 32) === 0) return true;
    digest.copy(block, slot);
    digest.copy(this.#record);
    this.#record.writeUInt16LE(file, 32);
    this.#record.writeUIntLE(position, 34, 6);
    this.#addRecord(this.#record);
    return false;
  }

  #addRecord(record: Buffer): void {
    this.#parts[record[this.#depth]].add(record);
  }

  /** Calls `onDuplicate` for each document whose digest was added before; yields after each part. Can be called once. */
  *each(onDuplicate: (file: number, position: number) => void): Generator<void> {
    for (const part of this.#parts) {
      if (part.bytes > this.#maxPart && this.#depth < 31) {
        part.flush();
        const smaller = new Duplicates('', this.#maxPart, this.#depth + 1, part.path);
        const input = new InputFile(part.path);
        try {
          for (let record = input.next(RECORD); record; record = input.next(RECORD)) smaller.#addRecord(record);
        } finally {
          input.close();
        }
        part.remove();
        yield* smaller.each(onDuplicate);
      } else {
        findDuplicates(part.records(), onDuplicate);
        part.remove();
      }
      yield;
    }
  }
}

/** Searches with an open-addressing table over the records' bytes: no object per document. */
function findDuplicates(records: Buffer, onDuplicate: (file: number, position: number) => void): void {
  const count = records.length / RECORD;
  if (count < 2) return;
  let slots = 2;
  while (slots < 2 * count) slots *= 2;
  const table = new Int32Array(slots).fill(-1);
  for (let i = 0; i < count; i++) {
    const at = i * RECORD;
    let slot = records.readUInt32LE(at + 28) & (slots - 1); // the last bytes: the first are equal in a part
    for (; table[slot] >= 0; slot = (slot + 1) & (slots - 1)) {
      const other = table[slot] * RECORD;
      if (records.compare(records, other, other + 32, at, at + 32) === 0) break;
    }
    if (table[slot] < 0) table[slot] = i;
    else onDuplicate(records.readUInt16LE(at + 32), records.readUIntLE(at + 34, 6));
  }
}
