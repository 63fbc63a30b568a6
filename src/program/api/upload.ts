// Reads an upload chunk by chunk. Does not know what it holds: intake does.

import * as refuse from './refusals/requests.ts';

/** Longest pause between two chunks. The whole upload has no time limit: bundles are large. */
const SILENT_MS = 60_000;

/**
 * The chunks of a request's body.
 * @param remains whether the sender still has the log-in and the role of the beginning: an upload may take hours
 * @throws JikjiError `upload-broken` if the connection breaks or the sender pauses too long; `log-in`
 */
export async function* piecesOf(
  body: ReadableStream<Uint8Array> | null,
  remains: () => Promise<boolean>,
): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(refuse.uploadSilent('the upload', SILENT_MS / 1000)), SILENT_MS);
      });
      const read = reader.read().catch((cause) => {
        throw refuse.uploadBroken('the upload').causedBy(cause);
      });
      const { done, value } = await Promise.race([read, silence]).finally(() => clearTimeout(timer));
      if (done) break;
      yield value;
    }
    if (await remains()) return;
    throw refuse.logInEnded('the upload');
  } finally {
    await reader.cancel().catch(() => {});
  }
}
