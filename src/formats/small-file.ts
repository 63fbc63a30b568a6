// Reads a small file as text (a regular file of bounded size, UTF-8), or the start of a file. Knows nothing of the content.

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode } from '../base/index.ts';
import * as refuse from './refusals.ts';

/** The first bytes of a file, at most `maxBytes`. @throws the system's error if the file cannot be opened or read */
export function readStart(path: string, maxBytes: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    return readBytes(fd, maxBytes);
  } finally {
    closeSync(fd);
  }
}

function readBytes(fd: number, maxBytes: number): Buffer {
  const bytes = Buffer.alloc(maxBytes);
  let length = 0;
  for (let n = -1; n !== 0 && length < maxBytes; length += n) {
    n = readSync(fd, bytes, length, maxBytes - length, null);
  }
  return bytes.subarray(0, length);
}

/** Opens what may be no file any more. @throws JikjiError `file-missing` if it cannot be opened */
export function openForReading(path: string): number {
  try {
    // O_NONBLOCK: a pipe in the file's place must not block.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw refuse.cannotOpen(path).causedBy(error);
  }
}

/**
 * The text of a file of at most `maxBytes` bytes; a byte order mark is text.
 * @throws JikjiError `file-missing` if it cannot be opened, `file-broken` if it is not a file, too large, or not UTF-8
 */
export function readSmallFile(path: string, maxBytes: number): string {
  const fd = openForReading(path);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw refuse.notFile(path);
    if (stat.size > maxBytes) throw refuse.tooLarge(path, stat.size, maxBytes);
    const bytes = readBytes(fd, stat.size);
    if (!isUtf8(bytes)) throw refuse.notUtf8(path);
    return bytes.toString();
  } finally {
    closeSync(fd);
  }
}
