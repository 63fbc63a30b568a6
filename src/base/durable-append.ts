// Appends to a file of lines so that they survive a crash: what a crash cut off before is removed first, and what cannot be written whole is
// taken back.

import type { FileHandle } from 'node:fs/promises';

/**
 * Writes bytes at `end`, where the whole lines of a file end, and returns when they are on disk. On failure the file is cut back to `end`.
 * One call at a time. @throws the system's error
 */
export async function appendDurably(file: FileHandle, end: number, bytes: Uint8Array): Promise<void> {
  if ((await file.stat()).size > end) await file.truncate(end);
  try {
    for (let done = 0; done < bytes.byteLength; )
      done += (await file.write(bytes, done, bytes.byteLength - done, end + done)).bytesWritten;
    await file.sync();
  } catch (error) {
    await file.truncate(end);
    throw error;
  }
}
