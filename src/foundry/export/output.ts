// A file or folder that takes its name when it is finished, and whose making can be stopped: others have the short ones.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JikjiError, makeFolder, syncFolder, systemCode, writeFailure, writeFully } from '../../base/index.ts';

export interface Work {
  /** What is written, as it was named. */
  out: string;
  signal?: AbortSignal | undefined;
  /** Told of bytes written and to be written. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** @throws JikjiError `output-exists` where something stands that would be lost; an empty folder may be filled */
export function checkOutput(out: string, kind: 'file' | 'folder'): void {
  try {
    if (kind === 'folder' && lstatSync(out).isDirectory() && readdirSync(out).length === 0) return;
    lstatSync(out);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw writeFailure(error, out);
  }
  throw new JikjiError('output-exists', 'is there already', out, `name a new ${kind} with --out`);
}

/**
 * Gives `fill` a name beside `out`; what it has made there becomes `out`, or is removed when it fails.
 * @throws JikjiError `disk-full`, `not-writable`, and what `fill` throws
 */
export async function writeWhole(out: string, fill: (temporary: string) => Promise<void>): Promise<void> {
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
 * Writes a new file piece by piece and lets signals have their turn in between; returns its SHA-256.
 * @throws JikjiError `interrupted`
 */
export async function writePieces(
  path: string,
  pieces: Iterable<Uint8Array>,
  total: number,
  { out, signal, onProgress }: Work,
): Promise<string> {
  const digest = createHash('sha256');
  const fd = openSync(path, 'wx');
  try {
    let done = 0;
    let rested = 0;
    for (const piece of pieces) {
      if (signal?.aborted) throw new JikjiError('interrupted', 'the file was not finished', out, 'start again');
      writeFully(fd, piece);
      digest.update(piece);
      done += piece.byteLength;
      if (done - rested < 1 << 22) continue;
      rested = done;
      onProgress?.(done, total);
      await setImmediate();
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return digest.digest('hex');
}
