// Reads a small file as text: a regular file, of bounded size, UTF-8. Knows nothing of the text's meaning.

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { JikjiError, systemCode } from '../base/index.ts';

/**
 * The text of a file of at most `maxBytes` bytes; a byte order mark is text.
 * @throws JikjiError `file-missing` where it cannot be opened, `file-broken` where it is not a file, too large, or not UTF-8
 */
export function readSmallFile(path: string, maxBytes: number): string {
  const broken = (what: string): JikjiError =>
    new JikjiError('file-broken', what, path, 'take the file anew from its source');
  let fd: number;
  try {
    // O_NONBLOCK: a pipe in the file's place must not block.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new JikjiError('file-missing', 'cannot be opened', path, 'check the path', { cause: error });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw broken('is not a file');
    if (stat.size > maxBytes) throw broken(`has ${stat.size} bytes; ${maxBytes} are the most`);
    let bytes = Buffer.alloc(stat.size);
    let length = 0;
    for (let n = -1; n !== 0 && length < bytes.length; length += n) {
      n = readSync(fd, bytes, length, bytes.length - length, null);
    }
    bytes = bytes.subarray(0, length);
    if (!isUtf8(bytes)) throw broken('is not UTF-8');
    return bytes.toString();
  } finally {
    closeSync(fd);
  }
}
