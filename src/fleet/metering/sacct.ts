// What Slurm's accounting says of jobs: an answer of `sacct --json` becomes what each held, and when. Its forms change with the version
// of the data parser: numbers are plain or {set, infinite, number}. Knows no programme and no consortium.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { parseAnswer } from '../launch/slurm-answers.ts';
import { runSlurm, SlurmRefusal } from '../launch/slurm-command.ts';

/** Once that a job ran: one that was queued again has several of them under one number. */
export interface RanJob {
  id: string;
  /** Number of the array that it is of. */
  array: string | null;
  account: string;
  /** Milliseconds since 1970; of one that still runs, `end` is when it was asked for. */
  start: number;
  end: number;
  /** Without the time in which it was suspended. */
  seconds: number;
  /** What was allocated to it, by Slurm's names of trackable resources: `node`, `cpu`, `gres/gpu`, `gres/gpu:h100`. */
  held: ReadonlyMap<string, number>;
}

const slurmNumber = z
  .union([
    z.number(),
    z.looseObject({ set: z.boolean().optional(), infinite: z.boolean().optional(), number: z.number().optional() }),
  ])
  .nullish()
  .transform((value) => {
    if (typeof value === 'number') return value;
    return value?.number === undefined || value.set === false || value.infinite ? 0 : value.number;
  })
  .pipe(z.number().min(0).max(1e12));

const jobShape = z.looseObject({
  job_id: z.number(),
  account: z.string(),
  array: z.looseObject({ job_id: slurmNumber }).nullish().catch(null),
  time: z.looseObject({ start: slurmNumber, end: slurmNumber, elapsed: slurmNumber }),
  tres: z.looseObject({
    allocated: z.array(z.looseObject({ type: z.string(), name: z.string().nullish(), count: z.number() })),
  }),
});
const answerShape = z.looseObject({ jobs: z.array(jobShape) });

/** Jobs that ran, of an answer to `sacct --json`. @throws JikjiError `slurm-strange-answer` */
export function readSacct(answer: string): RanJob[] {
  return parseAnswer(answerShape, 'sacct --json', answer).jobs.flatMap(({ job_id, account, array, time, tres }) => {
    const { start, elapsed } = time;
    if (start === 0 || elapsed === 0) return []; // it waits, or never began
    const held = new Map<string, number>();
    // What is not known stands as -2.
    for (const { type, name, count } of tres.allocated) if (count > 0) held.set(name ? `${type}/${name}` : type, count);
    return {
      id: String(job_id),
      array: array?.job_id ? String(array.job_id) : null,
      account,
      start: 1000 * start,
      end: 1000 * Math.max(time.end || start + elapsed, start + elapsed),
      seconds: elapsed,
      held,
    };
  });
}

export const DAY_MS = 86_400_000;
const dayText = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * The jobs of an account of Slurm's that ran at some time from the first to the last day (`2026-01-15`), both included, on the cluster
 * that this machine belongs to.
 * @throws JikjiError `slurm-missing` and its kin, `slurm-no-accounting`, `slurm-refused`, `slurm-strange-answer`
 */
export async function jobsOfAccount(account: string, from: string, to: string): Promise<RanJob[]> {
  // Slurm's days are of its own time zone: a day more on both sides holds all of ours.
  const first = dayText(Date.parse(from) - DAY_MS);
  const last = dayText(Date.parse(to) + 2 * DAY_MS);
  const args = ['--json', '--allocations', '--allusers', '--duplicates'];
  args.push(`--accounts=${account}`, `--starttime=${first}`, `--endtime=${last}`);
  let answer: string;
  try {
    answer = await runSlurm('sacct', args);
  } catch (error) {
    if (!(error instanceof SlurmRefusal)) throw error;
    if (/accounting storage is disabled/i.test(error.message))
      throw new JikjiError(
        'slurm-no-accounting',
        'this Slurm keeps no accounts: what jobs used is not known',
        error.message,
        'slurmdbd keeps them: AccountingStorageType=accounting_storage/slurmdbd in slurm.conf',
        { cause: error },
      );
    const hint = 'try sacct yourself, or fewer days';
    throw new JikjiError('slurm-refused', 'Slurm does not answer', error.message, hint, { cause: error });
  }
  return readSacct(answer).filter((job) => job.account === account);
}
