// The child's side: receives one input, sends progress and one result, and ends with its parent. Knows neither the work nor its
// limits, which are in parent.ts.

import { Worker } from 'node:worker_threads';
import { type Failure, JikjiError } from '../base/index.ts';

export type ChildMessage<Result, Progress> =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'done'; result: Result }
  | { kind: 'failed'; failure: Failure };

/** The data of a JikjiError; undefined for a bug. */
export const failureOf = (error: unknown): Failure | undefined =>
  error instanceof JikjiError ? error.failure : undefined;

/** Runs in a thread, since a child that computes without a pause handles no events. An orphan gets another parent process. */
const WATCH = `
const { workerData: parent } = require('node:worker_threads');
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500);
`;

const send = (message: ChildMessage<unknown, unknown>): Promise<void> =>
  new Promise((resolve, reject) =>
    process.send!(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );

/** Ends this process when its parent ends: no other process waits for it or enforces its limits. */
export function endWithParent(): void {
  // The parent may have ended while this process was loading: then nobody tells it so any more.
  if (!process.connected) process.exit(1);
  process.once('disconnect', () => process.exit(1));
  // Without permission for a thread, an orphan ends only when it next handles events.
  if (process.permission?.has('worker') === false) return;
  new Worker(WATCH, { eval: true, workerData: process.ppid, execArgv: [] }).unref();
}

/** What a script does for its parent. */
export type Work<Input, Result, Progress> = (
  input: Input,
  sendProgress: (progress: Progress) => Promise<void>,
) => Promise<Result>;

/** A work of any script. */
export type GivenWork = Work<never, unknown, never>;

/** Who takes the work of a script that is imported, not started: tests that run it in their own process. */
export const importer: { take?: (work: GivenWork) => void } = {};

/** Receives the parent's input, sends the result or the failure of `work`, and ends this process. */
export function answer<Input, Result, Progress>(work: Work<Input, Result, Progress>): void {
  if (importer.take) {
    importer.take(work as unknown as GivenWork);
    return;
  }
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
