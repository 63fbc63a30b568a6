// Sequential files of records: an output file that computes its digest, and an input file. Knows nothing of the records' content.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync } from 'node:fs';
import { writeFully } from '../../base/index.ts';

/** Writes a file once, in order, through a buffer of 1 MiB. */
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

  /** Writes a text as UTF-8; returns its length in bytes. */
  text(text: string): number {
    if (text.length * 3 > this.#buffer.length - this.#used) {
      this.#flush();
      if (text.length * 3 > this.#buffer.length) return this.#writeDirect(Buffer.from(text));
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
        this.#writeDirect(bytes);
        return;
      }
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
    this.bytes += bytes.length;
  }

  /** Flushes the file to the disk and closes it; returns its SHA-256 in hex. */
  close(): string {
    try {
      this.#flush();
      fsyncSync(this.#fd);
    } finally {
      closeSync(this.#fd);
    }
    return this.#digest.digest('hex');
  }

  /** Closes a file after a failure. */
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

  #writeDirect(bytes: Uint8Array): number {
    this.#digest.update(bytes);
    writeFully(this.#fd, bytes);
    this.bytes += bytes.length;
    return bytes.length;
  }
}

/** Reads a file of records in order, through a buffer. */
export class InputFile {
  readonly #fd: number;
  #buffer: Buffer;
  #from = 0;
  #to = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    this.#buffer = Buffer.allocUnsafe(1 << 18);
  }

  /** The next `n` bytes, valid until the next call; undefined at the end of the file. @throws Error where the file ends inside them */
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
          if (this.#to > 0) throw new Error('a corpus file changed while it was read');
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
