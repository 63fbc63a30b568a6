// Files of a submission come in: copied, hashed and counted in one go, within the bytes that the rule book allows. Memory does not grow
// with them. Knows neither bundles nor run folders.

import type { Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { JikjiError } from '../../base/index.ts';

export interface CopyOptions {
  /** Bytes that the rule book allows. */
  maxBytes: number;
  signal: AbortSignal | undefined;
  onProgress: (done: number, total: number) => void;
  /** A bundle's bytes as they are sent. */
  pieces?: AsyncIterable<Uint8Array> | undefined;
}

export interface Copied {
  digest: string;
  bytes: number;
}

/** Bytes read at a time. */
const PIECE = 1 << 20;
/** Pieces in turn: the reader of archives may still look at a header that began in the piece before, 1 MiB long at most. */
const PIECES = 4;

export class Copier {
  /** Of all files so far. */
  bytes = 0;
  readonly #path: string;
  readonly #total: number;
  readonly #options: CopyOptions;
  readonly #buffers = Array.from({ length: PIECES }, () => Buffer.allocUnsafeSlow(PIECE));

  /** `path` is the submission's, `total` the bytes that it seems to have. */
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

  /** Copies pieces to a new file, which is synced at the end; gives them, each as it is written. */
  async *copy(pieces: AsyncIterable<Uint8Array>, target: string, digest: Hash): AsyncGenerator<Buffer> {
    const { maxBytes, signal, onProgress } = this.#options;
    const file = await open(target, 'wx', 0o600);
    try {
      for await (const piece of pieces) {
        this.bytes += piece.length;
        if (this.bytes > maxBytes) throw tooLarge(this.#path, maxBytes); // a file may grow while it is read
        const written = file.writeFile(piece);
        digest.update(piece);
        await written;
        if (signal?.aborted)
          throw new JikjiError('interrupted', 'the submission was stopped', this.#path, 'begin it anew');
        onProgress(this.bytes, Math.max(this.bytes, this.#total));
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

export function tooLarge(path: string, maxBytes: number): JikjiError {
  const hint = 'a bundle without its data is smaller: jikji bundle --without-data';
  return new JikjiError(
    'submission-too-large',
    `is larger than the ${maxBytes} bytes that the rule book allows`,
    path,
    hint,
  );
}

export function unknownKind(path: string, what: string): JikjiError {
  const hint = 'submit a bundle (jikji bundle RUN) or a run folder with its evidence';
  return new JikjiError('submission-unknown-kind', what, path, hint);
}
