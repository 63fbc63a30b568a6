// How a child says what comes of its work: one question, anything told meanwhile, one answer. It does not outlive its parent.

import { Worker } from 'node:worker_threads';
import { JikjiError } from '../../base/index.ts';

export interface Failure {
  code: string;
  message: string;
  input: string;
  hint: string;
}

export type Said<Result, Told> =
  | { kind: 'told'; told: Told }
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

const say = (said: object): Promise<void> =>
  new Promise((resolve, reject) => process.send!(said, (error: Error | null) => (error ? reject(error) : resolve())));

/** Without a parent nobody waits for this process, and nobody holds it to its limits. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(1));
  new Worker(WATCH, { eval: true, workerData: process.ppid, execArgv: [] }).unref();
}

/** Does the work that the parent asks for, and ends this process. */
export function answer<Input, Result, Told>(
  work: (input: Input, tell: (told: Told) => Promise<void>) => Promise<Result>,
): void {
  endWithParent();
  process.once('message', async (input: Input) => {
    try {
      const result = await work(input, (told) => say({ kind: 'told', told }));
      await say({ kind: 'done', result });
      process.exit(0);
    } catch (error) {
      const failure = failureOf(error);
      if (failure) {
        await say({ kind: 'failed', failure });
        process.exit(0);
      }
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(70));
    }
  });
}
