// Schemas of Slurm's JSON answers, limited to the members that Jikji uses. The forms depend on the version of Slurm's data parser:
// numbers are plain or {set, infinite, number}, states a word or a list. Optional members may be missing or malformed.

import { z } from 'zod';
import { JikjiError, parseJson } from '../../base/index.ts';

/** A number; null if none is set, Infinity for no limit. */
export const requiredNumber = z
  .union([
    z.number(),
    z.looseObject({ set: z.boolean().optional(), infinite: z.boolean().optional(), number: z.number().optional() }),
  ])
  .nullish()
  .transform((value) => {
    if (value === null || value === undefined || typeof value === 'number') return value ?? null;
    if (value.infinite) return Number.POSITIVE_INFINITY;
    return value.set === false ? null : (value.number ?? null);
  });
/** The same; null if it is malformed. */
export const slurmNumber = requiredNumber.catch(null);
export const stateList = z.union([z.string().transform((word) => [word]), z.array(z.string())]);
export const optionalText = z.string().nullish().catch(null);

const job = z.looseObject({
  job_id: z.number(),
  /** Numbers of the array and of its element; the one row of elements that never started has no element number. */
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
  /** How many times it was queued again. */
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

const nodeGroup = z.looseObject({
  node: z.looseObject({ state: stateList }),
  nodes: z.looseObject({ total: z.number(), nodes: z.array(z.string()) }),
  cpus: z.looseObject({ maximum: z.number(), total: z.number(), idle: z.number(), allocated: z.number() }),
  memory: z.looseObject({ maximum: z.number() }),
  reason: z.looseObject({ description: optionalText }).nullish().catch(null),
  partition,
});
/** Nodes of one partition in the same state. */
export type NodeGroup = z.output<typeof nodeGroup>;

/** Parses a JSON answer. `command` names its origin in errors. @throws JikjiError `slurm-strange-answer` */
export function parseAnswer<T extends z.ZodType>(schema: T, command: string, answer: string): z.output<T> {
  let value: unknown;
  try {
    value = parseJson(answer);
  } catch {
    throw unexpectedAnswer(command, 'it is not JSON');
  }
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw unexpectedAnswer(command, `${issue!.path.join('.') || 'it'} has an unknown form`);
}

const unexpectedAnswer = (command: string, what: string): JikjiError =>
  new JikjiError(
    'slurm-strange-answer',
    `the answer of Slurm is not understood: ${what}`,
    command,
    'JSON needs Slurm 23.02 or later, and its plugin from the package slurm-wlm-basic-plugins',
  );

/** The jobs in an answer of `squeue --json` or slurmrestd. @throws JikjiError `slurm-strange-answer` */
export const readJobs = (answer: string, from: string): SlurmJob[] =>
  parseAnswer(z.looseObject({ jobs: z.array(job) }), from, answer).jobs;

/** The node groups in an answer of `sinfo --json`. @throws JikjiError `slurm-strange-answer` */
export const readNodeGroups = (answer: string): NodeGroup[] =>
  parseAnswer(z.looseObject({ sinfo: z.array(nodeGroup) }), 'sinfo --json', answer).sinfo;
