// The child process that evaluates one submission on the tasks of its rule book, one after another; a failed task does not affect the
// others. Opens no database and signs nothing: the log holds the results.

import { availableParallelism } from 'node:os';
import { answer, failureOf } from '../../apart/index.ts';
import type { ErrorCode } from '../../base/index.ts';
import { evaluateModel } from '../../foundry/index.ts';
import type { EvaluateWork, Result, TaskProgress } from './evaluation.ts';
import { taskName } from './paths.ts';
import { noMetric, notFinite } from './refusals/work.ts';
import { unpackSubmission } from './unpack.ts';

/** Limit of item results in an entry of the log. */
const MAX_ITEMS = 100_000;

async function evaluate(model: string, task: string, metric: string, digest: string | null): Promise<Result> {
  const threads = Math.min(256, availableParallelism());
  const taskDigest = digest ?? undefined;
  const { results } = await evaluateModel({ model, tasks: [task], items: true, taskDigest, threads });
  const whole = results.filter(({ part }) => part === undefined);
  const found = whole.find((result) => result.metric === metric);
  if (!found) throw noMetric(task, whole.map((result) => result.metric).join(', '), metric);
  const { value, stderr, n, items, clusters } = found;
  if (value === null) throw notFinite(task);
  const isKept = items !== undefined && items.length <= MAX_ITEMS;
  return { value, stderr, n, items: isKept ? items : null, ...(isKept && clusters && { clusters }) };
}

answer<EvaluateWork, null, TaskProgress>(async ({ files, digest, tasks }, tell) => {
  const folder = await unpackSubmission(files, digest);
  for (const { task, metric, digest: fixed } of tasks) {
    try {
      await tell({ task, metric, result: await evaluate(folder, taskName(files, task), metric, fixed) });
    } catch (error) {
      // A bug is reported too, with its stack: it may concern only one task.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const code: ErrorCode = 'evaluation-crashed';
      const failure = failureOf(error) ?? { code, message, input: task };
      await tell({ task, metric, failure });
    }
  }
  return null;
});
