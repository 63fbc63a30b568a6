// Writes a file of numbers of one width, little-endian: token ids, or marks beside them. The file appears complete or not at all.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, syncFolder, writeFailure, writeFully } from '../../base/index.ts';

const BUFFER = 1 << 18;

/** Jikji runs on little-endian machines only. */
const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

export class TokenWriter {
  readonly #file: string;
  readonly #temporary: string;
  readonly #digest = createHash('sha256');
  readonly #buffer: Uint8Array | Uint16Array | Uint32Array;
  #fd = -1;
  #filled = 0;

  /** `width`: bytes of a number. @throws JikjiError `disk-full`, `not-writable`, here and below */
  constructor(file: string, width: keyof typeof ARRAYS) {
    this.#file = file;
    this.#temporary = `${file}.${process.pid}.tmp`;
    this.#buffer = new ARRAYS[width](BUFFER);
    this.#guarded(() => {
      makeFolder(dirname(file));
      this.#fd = openSync(this.#temporary, 'w');
    });
  }

  write(values: Uint8Array | Uint32Array): void {
    for (let at = 0; at < values.length; ) {
      if (this.#filled === BUFFER) this.#flush();
      const piece = values.subarray(at, at + BUFFER - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
    }
  }

  /** Puts the file in its place; returns its SHA-256 in hex. */
  finish(): string {
    this.#flush();
    this.#guarded(() => {
      fsyncSync(this.#fd);
      closeSync(this.#fd);
      this.#fd = -1;
      renameSync(this.#temporary, this.#file);
      syncFolder(dirname(this.#file));
    });
    return this.#digest.digest('hex');
  }

  /** After a failure: an older file stays. */
  abandon(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const bytes = new Uint8Array(this.#buffer.buffer, 0, this.#filled * this.#buffer.BYTES_PER_ELEMENT);
    this.#digest.update(bytes);
    this.#guarded(() => writeFully(this.#fd, bytes));
    this.#filled = 0;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw writeFailure(error, this.#file);
    }
  }
}
