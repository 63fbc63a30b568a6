// Reads a task's data and runs its templates in a separate process: if it hangs, exhausts memory or crashes, the result is an error
// here. A thread is not enough: V8 ends the whole process when one allocation fails in any thread.

import { type ChildOutcome, childScript, MAX_SANDBOX_HEAP, runChild, sandboxSettings } from '../../apart/index.ts';
import { JikjiError } from '../../base/index.ts';
import { nearestName } from '../../formats/index.ts';
import type { JudgeResult, Judging, Verdicts } from './judge.ts';
import type { Job, Rendered, RenderFailure, RenderProgress, RenderResult } from './render.ts';

export interface SandboxLimits {
  /** Seconds to read the data, and to render one batch of rows. */
  reading: number;
  rendering: number;
}

const LIMITS: SandboxLimits = { reading: 60, rendering: 10 };

export interface RenderedTask {
  examples: Rendered[];
  rows: Rendered[];
  /** Number of rows without a limit. */
  of: number;
}

/**
 * Renders a task in a separate process. `task` names it in errors.
 * @throws JikjiError `task-data`, `task-template`
 */
export async function renderApart(task: string, job: Job, limits: SandboxLimits = LIMITS): Promise<RenderedTask> {
  const rendered: RenderedTask = { examples: [], rows: [], of: 0 };
  let stage: keyof SandboxLimits = 'reading';
  const outcome = await runChild<RenderResult, RenderProgress>(childScript(import.meta.url, 'sandbox'), job, {
    settings: sandboxSettings(),
    seconds: limits.reading,
    onProgress: (progress, restartTimer) => {
      if (progress.kind === 'read') stage = 'rendering';
      else for (const row of progress.rows) rendered[progress.kind].push(row);
      restartTimer(limits[stage]);
    },
  });
  if (outcome.how !== 'done') throw unfinished(outcome, task, stage, limits);
  if ('failure' in outcome.result) throw errorOf(outcome.result.failure, task);
  return { ...rendered, of: outcome.result.of };
}

/**
 * Judges answers in a separate process.
 * @throws JikjiError `task-data`, `task-template`, `task-schema`
 */
export async function judgeApart(
  judging: Judging,
  responses: readonly string[],
  limits: SandboxLimits = LIMITS,
): Promise<Verdicts[]> {
  const { task } = judging;
  const outcome = await runChild<JudgeResult, number>(
    childScript(import.meta.url, 'judge'),
    { ...judging, responses },
    {
      settings: sandboxSettings(),
      seconds: limits.reading,
      onProgress: (_, restartTimer) => restartTimer(limits.rendering),
    },
  );
  if (outcome.how === 'done') {
    const { result } = outcome;
    if ('failure' in result) throw errorOf(result.failure, task);
    return result.verdicts;
  }
  if (judging.schema && outcome.how === 'too-long') {
    const message = `judging did not end within ${limits.rendering} s`;
    throw new JikjiError(
      'task-schema',
      message,
      task,
      'look for a pattern in the schema that backtracks, or a loop in judge',
    );
  }
  throw unfinished(outcome, task, 'rendering', limits);
}

/** The error for a process that ended without a result. */
function unfinished(
  outcome: Exclude<ChildOutcome<unknown>, { how: 'done' }>,
  task: string,
  stage: keyof SandboxLimits,
  limits: SandboxLimits,
): Error {
  const isReading = stage === 'reading';
  const fail = (message: string, hint: string) =>
    new JikjiError(isReading ? 'task-data' : 'task-template', message, task, hint);
  if (outcome.how === 'too-long') {
    const seconds = limits[stage];
    return isReading
      ? fail(`its data could not be read within ${seconds} s`, 'get the data again from its source')
      : fail(`its templates did not end within ${seconds} s`, 'look for a loop that never ends');
  }
  // Out of memory, V8 aborts (134) or the system kills the process.
  if ('exit' in outcome && /^SIG|^134$/.test(outcome.exit)) {
    return isReading
      ? fail(
          `its data needs more than ${MAX_SANDBOX_HEAP} MiB to be read`,
          'get the data again from its source, or split it',
        )
      : fail(
          `its templates need more than ${MAX_SANDBOX_HEAP} MiB (${outcome.exit})`,
          'look for text or lists that keep growing',
        );
  }
  return new Error(`the process that renders tasks failed:\n${'text' in outcome ? outcome.text : outcome.how}`);
}

function errorOf({ what, message, where, row, unknown, columns = [] }: RenderFailure, task: string): JikjiError {
  if (what === 'data') return new JikjiError('task-data', message, `${task}: ${where}`, 'check the data file');
  if (what === 'schema') {
    const hint = 'keywords of JSON Schema 2020-12; formats are not checked here';
    throw new JikjiError('task-schema', `cannot be used: ${message}`, `${task}: ${where}`, hint);
  }
  const near = unknown === undefined ? undefined : nearestName(unknown, columns);
  const hint =
    unknown === undefined
      ? 'templates are Jinja: {{ column }}'
      : near
        ? `did you mean ${near.name}?`
        : `the columns are ${columns.slice(0, 20).join(', ')}; one that may be missing is written row.${unknown}`;
  return new JikjiError(
    'task-template',
    `${message}${row === undefined ? '' : ` (row ${row})`}`,
    `${task}: ${where}`,
    hint,
  );
}
