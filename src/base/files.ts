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

/** The system writes at most 2 GiB per call. */
const MAX_WRITE_BYTES = 1 << 30;

/** Writes all bytes of a view, in as many calls as needed. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) {
    done += writeSync(fd, bytes, done, Math.min(MAX_WRITE_BYTES, bytes.byteLength - done));
  }
}

/**
 * The bytes of a file from its beginning, 64 KiB at a time; a piece is valid until the next one. Does not wait for a pipe in place
 * of the file. @throws the system's error where the file cannot be opened or read
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
 * Makes a folder and its parents, unless they exist. (Node's own `recursive` never returns where a folder cannot be made inside an
 * existing parent, as in /proc.)
 */
export function makeFolder(path: string, mode = 0o777): void {
  const exists = (error: unknown): boolean => systemCode(error) === 'EEXIST' && statSync(path).isDirectory();
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (exists(error)) return;
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path), mode);
    try {
      mkdirSync(path, { mode });
    } catch (again) {
      if (!exists(again)) throw again; // another process made it
    }
  }
}

/** Makes finished renames and unlinks inside `folder` survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Removes an unfinished file or folder. A failure here must not hide the error before it. */
function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // the parent is not a folder, or is gone
  }
}

/** Has `fill` make a temporary sibling, which then gets the name `path`. @throws JikjiError as `writeFailure` */
function replaceAtomically(path: string, fill: (temporary: string) => void): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    fill(temporary);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    discard(temporary);
    throw writeFailure(error, path);
  }
}

/**
 * Writes a file atomically. `content` is its text, its bytes, or a function that writes to the open descriptor.
 * On any failure the temporary file is removed and the file at `path` is untouched.
 * @throws JikjiError `disk-full`, `disk-broken` or `not-writable`
 */
export const writeFileAtomic = (
  path: string,
  content: string | Uint8Array | ((fd: number) => void),
  mode = 0o666,
): void =>
  replaceAtomically(path, (temporary) => {
    makeFolder(dirname(path));
    const fd = openSync(temporary, 'w', mode);
    try {
      if (typeof content === 'function') content(fd);
      else writeFully(fd, typeof content === 'string' ? Buffer.from(content) : content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });

/**
 * Fills a folder atomically: `fill` writes into a temporary sibling, which gets the name `path` at the end.
 * `fill` syncs its own files. An existing folder is replaced.
 * @throws JikjiError `disk-full`, `disk-broken` or `not-writable`
 */
export const writeFolderAtomic = (path: string, fill: (folder: string) => void): void =>
  replaceAtomically(path, (temporary) => {
    rmSync(temporary, { recursive: true, force: true });
    makeFolder(temporary);
    fill(temporary);
    syncFolder(temporary);
    rmSync(path, { recursive: true, force: true });
  });
