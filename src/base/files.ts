// Writes files whole or not at all: temporary name, fsync, rename, fsync of the folder.

import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { systemCode, writeFailure } from './errors.ts';

/** Writes all bytes of a view, however often the system takes only part of them (2 GiB at most a call). */
export function writeFully(fd: number, bytes: Uint8Array): void {
  const most = 1 << 30;
  for (let done = 0; done < bytes.byteLength; ) {
    done += writeSync(fd, bytes, done, Math.min(most, bytes.byteLength - done));
  }
}

/**
 * The bytes of a file from its beginning, 64 KiB at a time; a piece is good until the next one is asked for. A pipe in the
 * file's place is not waited for. @throws what the system says, where it cannot be opened or read
 */
export function* filePieces(path: string): Generator<Buffer> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const piece = Buffer.allocUnsafe(1 << 16);
    for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece)) yield piece.subarray(0, n);
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes a folder and those above it; one already there is fine. (Node's own `recursive` never returns where a folder cannot
 * be made although the one above it is there, as in /proc.)
 */
export function makeFolder(path: string, mode = 0o777): void {
  const isThere = (error: unknown): boolean => systemCode(error) === 'EEXIST' && statSync(path).isDirectory();
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (isThere(error)) return;
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path), mode);
    try {
      mkdirSync(path, { mode });
    } catch (again) {
      if (!isThere(again)) throw again; // another process made it
    }
  }
}

/** Makes a finished rename or unlink inside `folder` survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Removes what failed half-way; that it cannot be removed must not hide why it failed. */
function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // the folder is not one, or is gone
  }
}

/**
 * Writes a file atomically. `content` is its text, its bytes, or a function that writes to the open descriptor.
 * On any failure the temporary file is removed and what stood at `path` is untouched.
 * @throws JikjiError `disk-full` or `not-writable`
 */
export function writeFileAtomic(
  path: string,
  content: string | Uint8Array | ((fd: number) => void),
  mode = 0o666,
): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    const fd = openSync(temporary, 'w', mode);
    try {
      if (typeof content === 'function') content(fd);
      else writeFully(fd, typeof content === 'string' ? Buffer.from(content) : content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    discard(temporary);
    throw writeFailure(error, path);
  }
}

/**
 * Fills a folder atomically: `fill` writes into a temporary sibling, which takes the name `path` at the end.
 * `fill` syncs its own files. A folder already there is replaced.
 */
export function writeFolderAtomic(path: string, fill: (folder: string) => void): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    rmSync(temporary, { recursive: true, force: true });
    makeFolder(temporary);
    fill(temporary);
    syncFolder(temporary);
    rmSync(path, { recursive: true, force: true });
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    discard(temporary);
    throw writeFailure(error, path);
  }
}
