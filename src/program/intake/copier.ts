// Copies, hashes and counts files of a submission or an application in one pass with constant memory, within the bytes that are allowed. Knows
// neither bundles nor run folders.

import type { Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { JikjiError } from '../../base/index.ts';
import { interrupted, submissionTooLarge } from './refusals/submissions.ts';

export interface CopyOptions {
  maxBytes: number;
  /** The error for more than that. @default exceeds the limit of the rule book */
  tooLarge?: (path: string, maxBytes: number) => JikjiError;
  signal: AbortSignal | undefined;
  onProgress: (done: number, total: number) => void;
  /** The chunks of an uploaded bundle. */
  pieces?: AsyncIterable<Uint8Array> | undefined;
}

export interface Copied {
  digest: string;
  bytes: number;
  /** Fingerprint of the key that signed genesis.json; undefined where that cannot be read, which the audit reports. */
  maker: string | undefined;
}

/** Bytes read at a time. */
const PIECE = 1 << 20;
/** Buffers used in turn: the archive reader may still hold a header from the piece before, at most 1 MiB long. */
const PIECES = 4;

export class Copier {
  /** Bytes of all files so far. */
  bytes = 0;
  readonly #path: string;
  readonly #total: number;
  readonly #options: CopyOptions;
  readonly #buffers = Array.from({ length: PIECES }, () => Buffer.allocUnsafeSlow(PIECE));

  /** @param path the submission, for errors @param total expected bytes, for progress */
  constructor(path: string, total: number, options: CopyOptions) {
    this.#path = path;
    this.#total = total;
    this.#options = options;
  }

  /** The pieces of an open file. */
  async *read(source: FileHandle): AsyncGenerator<Uint8Array> {
    for (let i = 0; ; i = (i + 1) % PIECES) {
      const { bytesRead } = await source.read(this.#buffers[i]!, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield this.#buffers[i]!.subarray(0, bytesRead);
    }
  }

  /** Copies pieces to a new file, and syncs it at the end. Yields each piece after it is written. */
  async *copy(pieces: AsyncIterable<Uint8Array>, target: string, digest: Hash): AsyncGenerator<Buffer> {
    const { maxBytes, tooLarge: refused = submissionTooLarge, signal, onProgress } = this.#options;
    const file = await open(target, 'wx', 0o600);
    try {
      for await (const piece of pieces) {
        this.bytes += piece.length;
        if (this.bytes > maxBytes) throw refused(this.#path, maxBytes); // a file may grow while it is read
        const written = file.writeFile(piece);
        digest.update(piece);
        await written;
        if (signal?.aborted) throw interrupted(this.#path);
        onProgress(this.bytes, Math.max(this.bytes, this.#total));
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
