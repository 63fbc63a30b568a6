// Reads Slurm's accounting: which resources each job held, and when, from `sacct --json`. Knows no programme and no consortium.

import { z } from 'zod';
import { JikjiError, shellWord } from '../../base/index.ts';
import { optionalText, parseAnswer, requiredNumber } from '../launch/slurm-answers.ts';
import { runSlurm, SlurmRefusal, slurmSilent } from '../launch/slurm-command.ts';

/** One run of a job; a requeued job has several runs with one id. */
export interface RanJob {
  id: string;
  /** Job number of its array. */
  array: string | null;
  account: string;
  /** Slurm's own name of its cluster, where it says it. */
  cluster?: string;
  /** Milliseconds since 1970; `end` of a running job is the time of the query. */
  start: number;
  end: number;
  /** Run time without suspended time. */
  seconds: number;
  /** Allocated amounts by Slurm's resource names: `node`, `cpu`, `gres/gpu`, `gres/gpu:h100`. */
  held: ReadonlyMap<string, number>;
}

/** An amount in the accounting; 0 if none is set. A malformed one is an error. */
const amount = requiredNumber
  .transform((value) => (value === null || value === Number.POSITIVE_INFINITY ? 0 : value))
  .pipe(z.number().min(0).max(1e12));

const jobShape = z.looseObject({
  job_id: z.number(),
  account: z.string(),
  cluster: optionalText,
  array: z.looseObject({ job_id: amount }).nullish().catch(null),
  time: z.looseObject({ start: amount, end: amount, elapsed: amount }),
  tres: z.looseObject({
    allocated: z.array(z.looseObject({ type: z.string(), name: z.string().nullish(), count: z.number() })),
  }),
});
const answerShape = z.looseObject({ jobs: z.array(jobShape) });

/** The jobs in an answer of `sacct --json` that have run. @throws JikjiError `slurm-strange-answer` */
export function readSacct(answer: string): RanJob[] {
  return parseAnswer(answerShape, 'sacct --json', answer).jobs.flatMap(
    ({ job_id, account, cluster, array, time, tres }) => {
      const { start, elapsed } = time;
      if (start === 0 || elapsed === 0) return []; // waiting, or never started
      const held = new Map<string, number>();
      // -2 means not known.
      for (const { type, name, count } of tres.allocated)
        if (count > 0) held.set(name ? `${type}/${name}` : type, count);
      return {
        id: String(job_id),
        array: array?.job_id ? String(array.job_id) : null,
        account,
        ...(cluster && { cluster }),
        start: 1000 * start,
        end: 1000 * Math.max(time.end || start + elapsed, start + elapsed),
        seconds: elapsed,
        held,
      };
    },
  );
}

export const DAY_MS = 86_400_000;
const dayText = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** What sacct is asked for the jobs of accounts between two days. The answer has one more day on both sides: Slurm has its own time zone. */
function argumentsFor(accounts: readonly string[], from: string, to: string): string[] {
  const first = dayText(Date.parse(from) - DAY_MS);
  const last = dayText(Date.parse(to) + 2 * DAY_MS);
  const args = ['--json', '--allocations', '--allusers', '--duplicates'];
  return [...args, `--accounts=${accounts.join(',')}`, `--starttime=${first}`, `--endtime=${last}`];
}

/** The command that a person types on a machine of the cluster, for `readSacct`. */
export const sacctCommand = (accounts: readonly string[], from: string, to: string): string =>
  ['sacct', ...argumentsFor(accounts, from, to)].map(shellWord).join(' ');

/** Whether this is a name of an account that can be passed to sacct: no option, no list. */
export const isAccountName = (text: string): boolean => /^[A-Za-z\d_][\w.-]{0,63}$/.test(text);

/** Refuses an account of two consortia: its hours would count twice. @throws JikjiError `account-twice` */
export function checkAccounts(asked: ReadonlyMap<string, readonly string[]>): void {
  const taken = new Set<string>();
  for (const account of [...asked.values()].flat()) {
    if (taken.has(account)) {
      const hint = 'give each account to one consortium';
      throw new JikjiError('account-twice', 'this account is named twice', account, hint);
    }
    taken.add(account);
  }
}

/**
 * The jobs of a Slurm account that ran between two days (`2026-01-15`, both included) on the cluster of this machine.
 * @throws JikjiError `slurm-missing` and its kin, `slurm-no-accounting`, `slurm-refused`, `slurm-strange-answer`
 */
export async function jobsOfAccount(account: string, from: string, to: string): Promise<RanJob[]> {
  let answer: string;
  try {
    answer = await runSlurm('sacct', argumentsFor([account], from, to));
  } catch (error) {
    if (!(error instanceof SlurmRefusal)) throw error;
    if (/accounting storage is disabled/i.test(error.message))
      throw new JikjiError(
        'slurm-no-accounting',
        'this Slurm keeps no accounting: the usage of jobs is not known',
        error.message,
        'slurmdbd keeps them: AccountingStorageType=accounting_storage/slurmdbd in slurm.conf',
        { cause: error },
      );
    const hint = 'try sacct yourself, or fewer days';
    throw slurmSilent(error, hint);
  }
  return readSacct(answer).filter((job) => job.account === account);
}
