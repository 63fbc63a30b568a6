// The child's end: one question, any progress meanwhile, one answer. It does not outlive its parent. Knows nothing of what the
// work is, nor how long it may take: parent.ts does.

import { Worker } from 'node:worker_threads';
import { type Failure, JikjiError } from '../base/index.ts';

export type ChildMessage<Result, Progress> =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'done'; result: Result }
  | { kind: 'failed'; failure: Failure };

export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof JikjiError)) return undefined;
  const { code, message, input, hint } = error;
  return { code, message, input, hint };
}

/** Runs in a thread: a child that computes without a pause hears nothing. An orphan has another parent. */
const WATCH = `
const { workerData: parent } = require('node:worker_threads');
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500);
`;

const send = (message: ChildMessage<unknown, unknown>): Promise<void> =>
  new Promise((resolve, reject) =>
    process.send!(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );

/** Without a parent nobody waits for this process, and nobody holds it to its limits. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(1));
  // Where Node's permissions allow no thread, an orphan ends at its next pause only.
  if (process.permission?.has('worker') === false) return;
  new Worker(WATCH, { eval: true, workerData: process.ppid, execArgv: [] }).unref();
}

/** Does the work that the parent asks for, and ends this process. */
export function answer<Input, Result, Progress>(
  work: (input: Input, tell: (progress: Progress) => Promise<void>) => Promise<Result>,
): void {
  endWithParent();
  process.once('message', async (input: Input) => {
    try {
      const result = await work(input, (progress) => send({ kind: 'progress', progress }));
      await send({ kind: 'done', result });
      process.exit(0);
    } catch (error) {
      const failure = failureOf(error);
      if (failure) {
        await send({ kind: 'failed', failure });
        process.exit(0);
      }
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(70));
    }
  });
}
