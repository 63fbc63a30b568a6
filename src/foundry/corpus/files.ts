// A file of records that is written once from its start, in order, and knows its digest. Knows nothing of what is in it.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync } from 'node:fs';
import { writeFully } from '../../base/index.ts';

/** Collects what is written and hands it to the disk a MiB at a time. */
export class OutputFile {
  readonly #fd: number;
  readonly #buffer: Buffer;
  readonly #digest = createHash('sha256');
  #used = 0;
  /** Bytes written so far. */
  bytes = 0;

  constructor(path: string, bufferBytes = 1 << 20) {
    this.#fd = openSync(path, 'wx');
    this.#buffer = Buffer.allocUnsafe(bufferBytes);
  }

  /** Writes a text as UTF-8; gives back its bytes. */
  text(text: string): number {
    if (text.length * 3 > this.#buffer.length - this.#used) {
      this.#flush();
      if (text.length * 3 > this.#buffer.length) return this.#straight(Buffer.from(text));
    }
    const bytes = this.#buffer.write(text, this.#used);
    this.#used += bytes;
    this.bytes += bytes;
    return bytes;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > this.#buffer.length - this.#used) {
      this.#flush();
      if (bytes.length > this.#buffer.length) {
        this.#straight(bytes);
        return;
      }
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
    this.bytes += bytes.length;
  }

  /** Ends the file and makes it survive a power cut; gives back its SHA-256 in hex. */
  close(): string {
    try {
      this.#flush();
      fsyncSync(this.#fd);
    } finally {
      closeSync(this.#fd);
    }
    return this.#digest.digest('hex');
  }

  /** Ends a file that failed. */
  abandon(): void {
    try {
      closeSync(this.#fd);
    } catch {
      // closed already
    }
  }

  #flush(): void {
    if (this.#used === 0) return;
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    this.#digest.update(bytes);
    writeFully(this.#fd, bytes);
  }

  #straight(bytes: Uint8Array): number {
    this.#digest.update(bytes);
    writeFully(this.#fd, bytes);
    this.bytes += bytes.length;
    return bytes.length;
  }
}

/** Reads a file of records by chunks, in order: `next(n)` are its next `n` bytes, valid until the call after. */
export class InputFile {
  readonly #fd: number;
  #buffer: Buffer;
  #from = 0;
  #to = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    this.#buffer = Buffer.allocUnsafe(1 << 18);
  }

  /** Undefined at the end of the file; an error where it ends inside the record. */
  next(n: number): Buffer | undefined {
    if (this.#to - this.#from < n) {
      const room = n > this.#buffer.length ? Buffer.allocUnsafe(n) : this.#buffer;
      this.#buffer.copy(room, 0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
      this.#buffer = room;
      while (this.#to < n) {
        const got = readSync(this.#fd, room, this.#to, room.length - this.#to, null);
        if (got === 0) {
          if (this.#to > 0) throw new Error('a file of the corpus changed while it was read');
          return undefined;
        }
        this.#to += got;
      }
    }
    const record = this.#buffer.subarray(this.#from, this.#from + n);
    this.#from += n;
    return record;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
