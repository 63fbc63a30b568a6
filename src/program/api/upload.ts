// An upload comes in, piece by piece. What it is and where it goes, intake finds out.

import { JikjiError } from '../../base/index.ts';

/** How long a sender may say nothing. The whole may take as long as it takes: bundles are large. */
const SILENT_MS = 60_000;

const brokenOff = (message: string, cause?: unknown) =>
  new JikjiError('upload-broken', message, 'the upload', 'send it again', { cause });

/** The bytes of a request's body. @throws JikjiError `upload-broken` where the connection breaks off or the sender falls silent */
export async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
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
