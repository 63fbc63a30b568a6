// SHA-256 of bytes, texts, files.

import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { canonicalJson, type Json } from './canonical.ts';

/** SHA-256 as 32 bytes. A text is hashed as UTF-8. */
export const sha256 = (data: Uint8Array | string): Buffer => hash('sha256', data, 'buffer');

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Hex = (data: Uint8Array | string): string => hash('sha256', data, 'hex');

/** Digest of a value's canonical JSON, in hex. */
export const digestOfJson = (value: Json): string => sha256Hex(canonicalJson(value));

/** Digest of a file's bytes, in hex; reads at most 1 MiB at a time. */
export function digestOfFile(path: string): string {
  const state = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    // A run digests hundreds of small files: a MiB for each of them took longer than the digests.
    const piece = Buffer.allocUnsafe(Math.min(1 << 20, Math.max(1 << 16, fstatSync(fd).size)));
    for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece)) state.update(piece.subarray(0, n));
  } finally {
    closeSync(fd);
  }
  return state.digest('hex');
}
