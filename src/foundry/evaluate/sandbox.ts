// Reads a task's data and runs its templates in a process of their own: one that hangs, eats memory or crashes ends as an
// error here. A thread would not do: V8 ends the whole process when a single allocation fails in one of its threads.

import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JikjiError } from '../../base/index.ts';
import { nearestName } from '../../formats/index.ts';
import type { Failure, Job, Rendered, Told } from './render.ts';

const CHILD = fileURLToPath(new URL(`./sandbox-child${extname(import.meta.url)}`, import.meta.url));
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

/** Starts a script in such a process. Kill it when it takes too long. */
export function startApart(script: string): ChildProcess {
  return spawn(process.execPath, [...sandboxFlags(), script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: {},
  });
}

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
  const child = startApart(CHILD);
  try {
    return await answered(child, task, job, limits);
  } finally {
    child.kill('SIGKILL');
  }
}

function answered(child: ChildProcess, task: string, job: Job, limits: SandboxLimits): Promise<RenderedTask> {
  return new Promise((resolve, reject) => {
    const result: RenderedTask = { examples: [], rows: [], of: 0 };
    let stage: 'reading' | 'rendering' = 'reading';
    let errors = '';
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const seconds = limits[stage];
        reject(
          stage === 'reading'
            ? new JikjiError(
                'task-data',
                `its data could not be read within ${seconds} s`,
                task,
                'take the data anew from its source',
              )
            : new JikjiError(
                'task-template',
                `its templates did not end within ${seconds} s`,
                task,
                'look for a loop that never ends',
              ),
        );
      }, limits[stage] * 1000);
    };
    wait();
    child.stderr!.on('data', (piece: Buffer) => {
      errors = (errors + piece).slice(-4000);
    });
    child.on('message', (told: Told) => {
      wait();
      switch (told.kind) {
        case 'read':
          stage = 'rendering';
          wait();
          break;
        case 'examples':
        case 'rows':
          for (const row of told.rows) result[told.kind].push(row);
          break;
        case 'done':
          clearTimeout(timer);
          result.of = told.rows;
          resolve(result);
          break;
        case 'failed':
          clearTimeout(timer);
          reject(inWords(told.failure, task));
      }
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      // Out of memory V8 aborts; the system kills.
      if (signal === null && code !== 134) reject(new Error(`the process that renders tasks failed:\n${errors}`));
      else if (stage === 'reading') {
        const hint = 'take the data anew from its source, or split it';
        reject(new JikjiError('task-data', `its data needs more than ${HEAP} MiB to be read`, task, hint));
      } else {
        const hint = 'look for what grows without end';
        reject(
          new JikjiError('task-template', `its templates need more than ${HEAP} MiB (${signal ?? code})`, task, hint),
        );
      }
    });
    child.send(job, (error) => {
      if (error) errors += error.message; // it ended before it heard; `close` says why
    });
  });
}

function inWords({ what, message, where, row, unknown, columns = [] }: Failure, task: string): JikjiError {
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
