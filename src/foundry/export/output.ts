// Writes large files and folders that appear complete or not at all. Writing can be interrupted, unlike that of base/files.ts.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JikjiError, makeFolder, syncFolder, systemCode, writeFailure, writeFully } from '../../base/index.ts';

export interface OutputOptions {
  /** The output path that the user gave. */
  out: string;
  signal?: AbortSignal | undefined;
  /** Gets the number of bytes written, and of all bytes. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** @throws JikjiError `output-exists` if the path exists; an empty folder is allowed for a folder */
export function checkOutput(out: string, kind: 'file' | 'folder'): void {
  try {
    if (kind === 'folder' && lstatSync(out).isDirectory() && readdirSync(out).length === 0) return;
    lstatSync(out);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw writeFailure(error, out);
  }
  throw new JikjiError('output-exists', 'exists already', out, `name a new ${kind} with --out`);
}

/**
 * Calls `fill` with a temporary path beside `out`. Renames the result to `out`, or removes it if `fill` fails.
 * @throws JikjiError `disk-full`, `not-writable`, and what `fill` throws
 */
export async function writeOutput(out: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const path = resolve(out);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    rmSync(temporary, { recursive: true, force: true });
    await fill(temporary);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT') {
      throw new JikjiError('disk-full', 'the disk is full', out, 'free some space, then start again', {
        cause: error,
      });
    }
    throw writeFailure(error, out);
  }
}

/**
 * Writes a new file piece by piece, lets signal handlers run in between, and returns its SHA-256.
 * @throws JikjiError `interrupted`
 */
export async function writePieces(
  path: string,
  pieces: Iterable<Uint8Array>,
  total: number,
  { out, signal, onProgress }: OutputOptions,
): Promise<string> {
  const digest = createHash('sha256');
  const fd = openSync(path, 'wx');
  try {
    let done = 0;
    let reported = 0;
    for (const piece of pieces) {
      if (signal?.aborted) throw new JikjiError('interrupted', 'the file was not finished', out, 'start again');
      writeFully(fd, piece);
      digest.update(piece);
      done += piece.byteLength;
      if (done - reported < 1 << 22) continue;
      reported = done;
      onProgress?.(done, total);
      await setImmediate();
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return digest.digest('hex');
}
