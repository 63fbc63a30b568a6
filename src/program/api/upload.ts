// An upload comes in: streamed to a file of its own, no larger than allowed. What it is, intake finds out.

import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JikjiError, makeFolder, writeFailure } from '../../base/index.ts';

/** How long a sender may say nothing. The whole may take as long as it takes: bundles are large. */
const SILENT_MS = 60_000;

/**
 * Runs `work` on a file with the body's bytes, which is removed afterwards. It lies where intake sweeps up after killed processes.
 * @throws JikjiError `submission-too-large`, `disk-full`, `upload-broken`
 */
export async function withUpload<T>(
  body: ReadableStream<Uint8Array> | null,
  { files, most }: { files: string; most: number },
  work: (file: string) => Promise<T>,
): Promise<T> {
  makeFolder(files, 0o700);
  const file = join(files, `incoming-${randomUUID()}.tmp`);
  try {
    await receive(body, file, most);
    return await work(file);
  } finally {
    await rm(file, { force: true });
  }
}

async function receive(body: ReadableStream<Uint8Array> | null, file: string, most: number): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const piece of pieces(body)) {
      bytes += piece.length;
      if (bytes > most)
        throw new JikjiError(
          'submission-too-large',
          `is larger than the ${most} bytes that the rule book allows`,
          'the upload',
          'submit a smaller run',
        );
      for (let done = 0; done < piece.length; ) done += (await handle.write(piece, done)).bytesWritten;
    }
  } catch (error) {
    throw writeFailure(error, file);
  } finally {
    await handle.close();
  }
}

const brokenOff = (message: string, cause?: unknown) =>
  new JikjiError('upload-broken', message, 'the upload', 'send it again', { cause });

/** A connection that breaks off is no bug of ours. */
async function* pieces(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(brokenOff(`nothing came for ${SILENT_MS / 1000} seconds`)), SILENT_MS);
      });
      const read = reader.read().catch((cause) => {
        throw brokenOff('the upload broke off', cause);
      });
      const { done, value } = await Promise.race([read, silence]).finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
