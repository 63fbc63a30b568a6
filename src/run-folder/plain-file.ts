// Reads parts of a file that anybody may have put into a run's folder: a pipe does not block, a folder is no file.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The bytes from `at` on, at most `length`; fewer at the end of the file. */
export type ReadPart = (at: number, length: number) => Buffer;

/** What `work` makes of a plain file; undefined where there is none, or it cannot be read. `flags` are added for opening. */
export function withPlainFile<T>(path: string, work: (size: number, read: ReadPart) => T, flags = 0): T | undefined {
  let fd: number | undefined;
  try {
    // O_NONBLOCK: a pipe in the file's place must not block.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
    fd = file;
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    return work(stat.size, (at, most) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(most, stat.size - at)));
      let length = 0;
      for (let n = 1; n > 0 && length < bytes.length; length += n)
        n = readSync(file, bytes, length, bytes.length - length, at + length);
      return bytes.subarray(0, length);
    });
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
