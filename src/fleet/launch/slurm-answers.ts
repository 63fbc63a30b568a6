// What Slurm answers in JSON, in as much as is needed. The forms change with the version of its data parser: numbers are plain or
// {set, infinite, number}, states a word or a list of them. All that is not needed may be missing or strange.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';

/** A number where one is set; null for none, and Infinity for no limit. */
export const figure = z
  .union([
    z.number(),
    z.looseObject({ set: z.boolean().optional(), infinite: z.boolean().optional(), number: z.number().optional() }),
  ])
  .nullish()
  .catch(null)
  .transform((value) => {
    if (value === null || value === undefined || typeof value === 'number') return value ?? null;
    if (value.infinite) return Number.POSITIVE_INFINITY;
    return value.set === false ? null : (value.number ?? null);
  });
export const states = z.union([z.string().transform((word) => [word]), z.array(z.string())]);
export const text = z.string().nullish().catch(null);

const job = z.looseObject({
  job_id: z.number(),
  /** Of an element of an array: the number of the whole, and its own; the row of those that never began has no number of its own. */
  array_job_id: figure,
  array_task_id: figure,
  job_state: states,
  name: text,
  user_name: text,
  account: text,
  partition: text,
  state_reason: text,
  standard_output: text,
  nodes: text,
  node_count: figure,
  start_time: figure,
  end_time: figure,
  time_limit: figure,
  /** How often it was queued again. */
  restart_cnt: figure,
  exit_code: z
    .looseObject({
      return_code: figure,
      signal: z.looseObject({ id: figure, signal_id: figure }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
export type SlurmJob = z.output<typeof job>;

export const partition = z.looseObject({
  name: z.string(),
  nodes: z.looseObject({ total: z.number() }),
  maximums: z.looseObject({ time: figure, nodes: figure }),
  partition: z.looseObject({ state: states }).nullish().catch(null),
});

const line = z.looseObject({
  node: z.looseObject({ state: states }),
  nodes: z.looseObject({ total: z.number(), nodes: z.array(z.string()) }),
  cpus: z.looseObject({ maximum: z.number(), total: z.number(), idle: z.number(), allocated: z.number() }),
  memory: z.looseObject({ maximum: z.number() }),
  reason: z.looseObject({ description: text }).nullish().catch(null),
  partition,
});
/** Nodes of one partition that are in the same state. */
export type SlurmLine = z.output<typeof line>;

export function read<T extends z.ZodType>(form: T, command: string, answer: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    throw strange(command, 'it is no JSON');
  }
  const found = form.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw strange(command, `${issue!.path.join('.') || 'it'} is not what it should be`);
}

const strange = (command: string, what: string): JikjiError =>
  new JikjiError(
    'slurm-strange-answer',
    `the answer of Slurm is not understood: ${what}`,
    command,
    'Slurm 23.02 and later are known to answer in JSON; its plugin for it is in the package slurm-wlm-basic-plugins',
  );

/** Jobs, of an answer of `squeue --json` or slurmrestd. @throws JikjiError `slurm-strange-answer` */
export const readJobs = (answer: string, from: string): SlurmJob[] =>
  read(z.looseObject({ jobs: z.array(job) }), from, answer).jobs;

/** Partitions by the states of their nodes, of an answer to `sinfo --json`. @throws JikjiError `slurm-strange-answer` */
export const readLines = (answer: string): SlurmLine[] =>
  read(z.looseObject({ sinfo: z.array(line) }), 'sinfo --json', answer).sinfo;
