// The thread that verifies a log: asks its parent for pages of entries, and reports progress and the result. Opens no database.

import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { View } from '../database/index.ts';
import type { Entry } from '../log/index.ts';
import { type Verified, type VerifyProgress, verifyProgramme } from './verify.ts';

/** `page`: asks for entries from a number on; the parent answers with a list, in the order of the questions. */
export type FromVerifier =
  | { kind: 'page'; from: number; count: number }
  | { kind: 'progress'; progress: VerifyProgress }
  | { kind: 'done'; result: Verified };

const PAGE_ENTRIES = 64;
const PROGRESS_MS = 200;
/** Before every entry: somebody may have inserted one before the first. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER;

const port = parentPort!;
const send = (message: FromVerifier): void => port.postMessage(message);
const waiting: ((entries: Entry[]) => void)[] = [];
port.on('message', (entries: Entry[]) => waiting.shift()!(entries));

const page: View['page'] = (from, count) =>
  new Promise((resolve) => {
    waiting.push(resolve);
    send({ kind: 'page', from, count });
  });

async function* entries(from = BEFORE_ALL): AsyncGenerator<Entry> {
  for (let next = from; ; ) {
    const list = await page(next, PAGE_ENTRIES);
    await setImmediate();
    yield* list;
    if (list.length < PAGE_ENTRIES) return;
    next = list.at(-1)!.seq + 1;
  }
}

let told = 0;
const onProgress = (progress: VerifyProgress): void => {
  const now = performance.now();
  if (now - told < PROGRESS_MS && progress.decisions === null) return;
  told = now;
  send({ kind: 'progress', progress });
};

// Errors end the thread, and reach the parent.
send({ kind: 'done', result: await verifyProgramme({ entries, page }, { onProgress }) });
port.close();
