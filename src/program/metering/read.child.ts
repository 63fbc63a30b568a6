// The child process that reads Slurm's accounting: it asks sacct on this machine, account by account, or reads what sacct printed elsewhere.
// An answer may be large and is not trusted. Opens no database.

import { readFileSync } from 'node:fs';
import { answer } from '../../apart/index.ts';
import { jobsOfAccount, type RanJob, readSacct } from '../../fleet/index.ts';
import { tooManyJobs } from './refusals.ts';

export interface ReadWork {
  accounts: string[];
  /** First and last day, UTC. */
  from: string;
  to: string;
  /** A file with the answer of sacct; null: sacct of this machine is asked. */
  file: string | null;
}

const DAY_MS = 86_400_000;
/** Of all accounts together. */
const MAX_JOBS = 200_000;

async function* read({ accounts, from, to, file }: ReadWork): AsyncGenerator<RanJob[]> {
  if (file === null) for (const account of accounts) yield await jobsOfAccount(account, from, to);
  else yield readSacct(readFileSync(file, 'utf8'));
}

/** The jobs of these accounts that ran within these days. A run of a job that is listed twice counts once. */
async function jobsOf(work: ReadWork, tell: (accounts: number) => Promise<void>): Promise<RanJob[]> {
  const [first, end] = [Date.parse(work.from), Date.parse(work.to) + DAY_MS];
  const wanted = new Set(work.accounts);
  const found = new Map<string, RanJob>();
  let done = 0;
  for await (const jobs of read(work)) {
    for (const job of jobs)
      if (wanted.has(job.account) && job.start < end && job.end > first)
        found.set(`${job.id} ${job.start} ${job.end} ${job.seconds}`, job);
    if (found.size > MAX_JOBS) throw tooManyJobs(work.from, MAX_JOBS);
    await tell(++done);
  }
  return [...found.values()];
}

answer(jobsOf);
