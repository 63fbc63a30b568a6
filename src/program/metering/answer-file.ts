// Writes an uploaded answer of sacct to a file, with limits. Does not know what it says: the child process reads it.

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { writeFailure } from '../../base/index.ts';
import { fileTooLarge } from './refusals.ts';

/** Bytes of an uploaded answer. */
const MAX_ANSWER = 64 << 20;

/** Returns the SHA-256. @throws JikjiError `metering-too-large`, `disk-full`, and as the sender does */
export async function writeAnswer(pieces: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const digest = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > MAX_ANSWER) throw fileTooLarge('the upload', MAX_ANSWER >> 20);
      digest.update(piece);
      await file.writeFile(piece).catch((error) => {
        throw writeFailure(error, 'the upload');
      });
    }
  } finally {
    await file.close();
  }
  return digest.digest('hex');
}
