// SHA-256 of bytes, texts, JSON and files.

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
    // Most files are small, and a MiB for each takes longer than its digest. One byte more than the file, so that one read reaches its end.
    const piece = Buffer.allocUnsafe(Math.min(1 << 20, Math.max(1 << 12, fstatSync(fd).size + 1)));
    for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece)) state.update(piece.subarray(0, n));
  } finally {
    closeSync(fd);
  }
  return state.digest('hex');
}
