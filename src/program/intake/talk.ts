// How a child says what comes of its work: one question, anything told meanwhile, one answer.

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

const say = (said: object): Promise<void> =>
  new Promise((resolve, reject) => process.send!(said, (error: Error | null) => (error ? reject(error) : resolve())));

/** Does the work that the parent asks for, and ends this process. */
export function answer<Input, Result, Told>(
  work: (input: Input, tell: (told: Told) => Promise<void>) => Promise<Result>,
): void {
  // Without a parent nobody waits for it.
  process.once('disconnect', () => process.exit(1));
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
