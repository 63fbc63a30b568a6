// The bytes of a file, gunzipped if it starts with gzip's magic number. Knows nothing of their meaning.

import { closeSync, openSync, readSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JikjiError, systemCode } from '../base/index.ts';

const PIECE = 1 << 18;

/** Turns a system error of opening or reading a file into a JikjiError; returns every other error unchanged. */
export function readFailure(error: unknown, path: string): unknown {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new JikjiError('file-missing', 'there is no such file', path, 'check the path', { cause: error });
    case 'EISDIR':
      return new JikjiError('file-is-folder', 'this is a folder, not a file', path, 'name a file', { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new JikjiError('file-unreadable', 'reading is not allowed', path, 'change its permissions', {
        cause: error,
      });
    case 'EIO':
      return new JikjiError('file-unreadable', 'the disk could not read it', path, 'copy the file again', {
        cause: error,
      });
    default:
      return error;
  }
}

function* pieces(path: string, onRaw: ((piece: Uint8Array) => void) | undefined): Generator<Buffer> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw readFailure(error, path);
  }
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE); // a new one each time: the consumer may keep it
      let n: number;
      try {
        n = readSync(fd, piece);
      } catch (error) {
        throw readFailure(error, path);
      }
      if (n === 0) return;
      onRaw?.(piece.subarray(0, n));
      yield piece.subarray(0, n);
    }
  } finally {
    closeSync(fd);
  }
}

/**
 * Streams the bytes of a file in pieces of at most 256 KiB. A file that starts with 1f 8b is gunzipped (no UTF-8 text starts like
 * that). Memory does not grow with the file; the consumer must limit the number of bytes. `onRaw` gets the bytes before gunzipping.
 * @throws JikjiError `file-missing`, `file-is-folder`, `file-unreadable`, `gzip-broken`
 */
export async function* readUnzipped(path: string, onRaw?: (piece: Uint8Array) => void): AsyncGenerator<Buffer> {
  const raw = pieces(path, onRaw);
  const first = raw.next();
  if (first.done) return;
  const all = (function* () {
    try {
      yield first.value;
      yield* raw;
    } finally {
      raw.return(undefined); // closes the file even if the consumer took only the first piece
    }
  })();
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: PIECE });
  // An error on either side ends the other side; the next loop throws it.
  pipeline(Readable.from(all, { objectMode: false, highWaterMark: PIECE }), gunzip, () => {});
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (error) {
    if (!/^Z_/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    throw new JikjiError(
      'gzip-broken',
      `the gzip data is broken: ${(error as Error).message}`,
      path,
      'the file is damaged or cut short: fetch it again',
      { cause: error },
    );
  }
}
