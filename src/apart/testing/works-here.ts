// Runs the works of child scripts in the process of the tests, where they are not about processes: to start one takes longer than most
// works of tests. Nothing limits them here, and a work that is stopped goes on unheard.

import { afterAll, beforeAll } from 'vitest';
import { failureOf, type GivenWork, importer, type Work } from '../child.ts';
import { type ChildOptions, type ChildOutcome, instead, runApart } from '../parent.ts';

const works = new Map<string, Promise<GivenWork>>();
let importing: Promise<unknown> = Promise.resolve();

/** The work of a script: one is imported at a time, so that it is known whose work is given. */
function workOf(script: string) {
  const known = works.get(script);
  if (known) return known;
  const found = importing.then(async () => {
    const { promise, resolve } = Promise.withResolvers<GivenWork>();
    importer.take = resolve;
    try {
      await import(script);
    } finally {
      delete importer.take;
    }
    return promise;
  });
  importing = found;
  works.set(script, found);
  return found;
}

/** What passes between processes is copied. */
async function run<Result, Progress>(
  script: string,
  input: object,
  { signal, onProgress }: ChildOptions<Progress>,
): Promise<ChildOutcome<Result>> {
  if (signal?.aborted) return { how: 'stopped' };
  const work = (await workOf(script)) as unknown as Work<unknown, Result, Progress>;
  const stopped = new Promise<ChildOutcome<Result>>((resolve) =>
    signal?.addEventListener('abort', () => resolve({ how: 'stopped' })),
  );
  const tell = async (progress: Progress) => {
    if (!signal?.aborted) onProgress(structuredClone(progress), () => {});
  };
  const done = work(structuredClone(input), tell).then(
    (result): ChildOutcome<Result> => ({ how: 'done', result: structuredClone(result) }),
    (error: unknown): ChildOutcome<Result> => {
      const failure = failureOf(error);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return failure ? { how: 'failed', failure } : { how: 'crashed', exit: '70', text };
    },
  );
  return Promise.race([done, stopped]);
}

/** Runs a test's works in processes, as outside tests. */
export async function inProcesses<T>(test: () => Promise<T>): Promise<T> {
  const { run: here } = instead;
  delete instead.run;
  return test().finally(() => {
    instead.run = here;
  });
}

/** In this file, or this `describe`. Children that shall misbehave (JIKJI_TEST_DEED) are processes still. */
export function worksRunHere(): void {
  beforeAll(() => {
    instead.run = (script, input, options) =>
      process.env.JIKJI_TEST_DEED === undefined ? run(script, input, options) : runApart(script, input, options);
  });
  afterAll(() => {
    delete instead.run;
  });
}
