// What Slurm answers in JSON, in as much as is needed. The forms change with the version of its data parser: numbers are plain or
// {set, infinite, number}, states a word or a list of them. All that is not needed may be missing or strange.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';

/** A number where one is set; null for none, and Infinity for no limit. */
export const slurmNumber = z
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
export const stateList = z.union([z.string().transform((word) => [word]), z.array(z.string())]);
export const optionalText = z.string().nullish().catch(null);

const job = z.looseObject({
  job_id: z.number(),
  /** Of an element of an array: the number of the whole, and its own; the row of those that never began has no number of its own. */
  array_job_id: slurmNumber,
  array_task_id: slurmNumber,
  job_state: stateList,
  name: optionalText,
  user_name: optionalText,
  account: optionalText,
  partition: optionalText,
  state_reason: optionalText,
  standard_output: optionalText,
  nodes: optionalText,
  node_count: slurmNumber,
  start_time: slurmNumber,
  end_time: slurmNumber,
  time_limit: slurmNumber,
  /** How often it was queued again. */
  restart_cnt: slurmNumber,
  exit_code: z
    .looseObject({
      return_code: slurmNumber,
      signal: z.looseObject({ id: slurmNumber, signal_id: slurmNumber }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
export type SlurmJob = z.output<typeof job>;

export const partition = z.looseObject({
  name: z.string(),
  nodes: z.looseObject({ total: z.number() }),
  maximums: z.looseObject({ time: slurmNumber, nodes: slurmNumber }),
  partition: z.looseObject({ state: stateList }).nullish().catch(null),
});

const line = z.looseObject({
  node: z.looseObject({ state: stateList }),
  nodes: z.looseObject({ total: z.number(), nodes: z.array(z.string()) }),
  cpus: z.looseObject({ maximum: z.number(), total: z.number(), idle: z.number(), allocated: z.number() }),
  memory: z.looseObject({ maximum: z.number() }),
  reason: z.looseObject({ description: optionalText }).nullish().catch(null),
  partition,
});
/** Nodes of one partition that are in the same state. */
export type NodeGroup = z.output<typeof line>;

export function parseAnswer<T extends z.ZodType>(form: T, command: string, answer: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    throw unexpectedAnswer(command, 'it is no JSON');
  }
  const found = form.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw unexpectedAnswer(command, `${issue!.path.join('.') || 'it'} is not what it should be`);
}

const unexpectedAnswer = (command: string, what: string): JikjiError =>
  new JikjiError(
    'slurm-strange-answer',
    `the answer of Slurm is not understood: ${what}`,
    command,
    'Slurm 23.02 and later are known to answer in JSON; its plugin for it is in the package slurm-wlm-basic-plugins',
  );

/** Jobs, of an answer of `squeue --json` or slurmrestd. @throws JikjiError `slurm-strange-answer` */
export const readJobs = (answer: string, from: string): SlurmJob[] =>
  parseAnswer(z.looseObject({ jobs: z.array(job) }), from, answer).jobs;

/** Partitions by the states of their nodes, of an answer to `sinfo --json`. @throws JikjiError `slurm-strange-answer` */
export const readNodeGroups = (answer: string): NodeGroup[] =>
  parseAnswer(z.looseObject({ sinfo: z.array(line) }), 'sinfo --json', answer).sinfo;
