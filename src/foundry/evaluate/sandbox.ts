// Reads a task's data and runs its templates in a process of their own: one that hangs, eats memory or crashes ends as an
// error here. A thread would not do: V8 ends the whole process when a single allocation fails in one of its threads.

import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JikjiError } from '../../base/index.ts';
import { type ChildOutcome, type ChildSettings, childScript, runChild } from '../../child-process/index.ts';
import { nearestName } from '../../formats/index.ts';
import type { Job, Rendered, RenderFailure, RenderProgress, RenderResult } from './render.ts';

/** V8's heap, in MiB; buffers that are not in it are bounded by what reads them. */
const HEAP = 320;

/** Where the program and its packages lie: all that the process may read. */
function readable(): string[] {
  const packages = `${sep}node_modules${sep}`;
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const one = createRequire(import.meta.url).resolve('@huggingface/jinja');
  return [root, one].map((path) => {
    const at = path.indexOf(packages);
    return at < 0 ? path : path.slice(0, at + packages.length);
  });
}

/** How such a process is started: it may read the program and nothing else, and has little memory. */
export const sandboxFlags = (): string[] => [
  `--max-old-space-size=${HEAP}`,
  '--max-semi-space-size=16',
  '--permission',
  ...readable().map((folder) => `--allow-fs-read=${folder}*`),
  '--no-warnings',
];

/** The settings of such a process: it is told nothing of this one. Data crosses to it as bytes. */
export const sandboxSettings = (): ChildSettings => ({ flags: sandboxFlags(), env: {}, serialization: 'advanced' });

export interface SandboxLimits {
  /** Seconds for reading the data, and for a hundred rows or so. */
  reading: number;
  rendering: number;
}

const LIMITS: SandboxLimits = { reading: 60, rendering: 10 };

export interface RenderedTask {
  examples: Rendered[];
  rows: Rendered[];
  /** Rows that could have been scored. */
  of: number;
}

/**
 * Renders a task in a process of its own. `task` is what errors call it.
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
  if ('failure' in outcome.result) throw inWords(outcome.result.failure, task);
  return { ...rendered, of: outcome.result.of };
}

/** Why the process came to no result. */
function unfinished(
  outcome: Exclude<ChildOutcome<unknown>, { how: 'done' }>,
  task: string,
  stage: keyof SandboxLimits,
  limits: SandboxLimits,
): Error {
  const isReading = stage === 'reading';
  const fail = (message: string, hint: string): JikjiError =>
    new JikjiError(isReading ? 'task-data' : 'task-template', message, task, hint);
  if (outcome.how === 'too-long') {
    const seconds = limits[stage];
    return isReading
      ? fail(`its data could not be read within ${seconds} s`, 'take the data anew from its source')
      : fail(`its templates did not end within ${seconds} s`, 'look for a loop that never ends');
  }
  // Out of memory V8 aborts; the system kills.
  if ('exit' in outcome && /^SIG|^134$/.test(outcome.exit)) {
    return isReading
      ? fail(`its data needs more than ${HEAP} MiB to be read`, 'take the data anew from its source, or split it')
      : fail(`its templates need more than ${HEAP} MiB (${outcome.exit})`, 'look for what grows without end');
  }
  return new Error(`the process that renders tasks failed:\n${'text' in outcome ? outcome.text : outcome.how}`);
}

function inWords({ what, message, where, row, unknown, columns = [] }: RenderFailure, task: string): JikjiError {
  if (what === 'data') return new JikjiError('task-data', message, `${task}: ${where}`, 'check the data file');
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
