// `jikji make RECIPE --on LAUNCHER`: the same run, made by a job; here its progress is shown.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JikjiError } from '../base/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';
import { calledAs, shellWord } from './called-as.ts';
import { followJobs } from './follow-job.ts';
import { interruptible } from './interrupt.ts';
import { checkJobSigns } from './key.ts';
import { launcherNamed, type OnOptions } from './on-options.ts';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';
import { fleet, foundry, type JobRecord, type MakeResult } from './rooms.ts';
import { jobAtWork, jobsOf, submitRun } from './run-jobs.ts';
import { failureOf } from './watch-job.ts';

export interface MakeOn extends OnOptions {
  on: string;
  recipe: Recipe;
  recipeFolder: string;
  out: string;
  resume: boolean;
  threads: number;
  key?: string;
  /** Words of the command line that the job's own call needs too. */
  passed: string[];
}

/** Submits what makes a run, and gives the jobs that are at it in the order in which they begin; where some are already, gives those. */
export async function makeOn(options: MakeOn): Promise<JobRecord[]> {
  const { out, resume } = options;
  const atWork = (await jobAtWork(out))?.record;
  if (atWork && !resume) {
    throw new JikjiError(
      'job-runs',
      'a job is at this run already',
      `${atWork.launcher} ${atWork.id}`,
      `--resume follows it, ${calledAs()} runs cancel ${shellWord(out)} ends it`,
    );
  }
  // Where only the first of two jobs is there, whoever submitted it did not come to the second.
  const isWhole = atWork !== undefined && (await jobsOf(out)).at(-1)!.folder === join(resolve(out), 'job');
  if (!isWhole) await submit(options);
  return jobsOf(out);
}

/** Follows the jobs of a run to its end. @throws JikjiError why it came to none */
export async function followRun(
  output: Output,
  { run, recipe, records }: { run: string; recipe: Recipe; records: readonly JobRecord[] },
): Promise<MakeResult> {
  const progress = createProgress({ screen: output.progress });
  try {
    const { record, report } = await interruptible(
      (signal) => followJobs({ records, run, recipe, signal, tell: (event) => progress.event(event) }),
      () => {},
    );
    if (report.state !== 'done') throw await failureOf(record, report);
    return { ...JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')), run };
  } finally {
    progress.close();
  }
}

async function submit(options: MakeOn): Promise<void> {
  const {
    on,
    recipe,
    recipeFolder,
    out,
    resume,
    threads,
    key,
    passed,
    nodes = 1,
    ranksPerNode = 1,
    time,
    account,
    catalogue,
  } = options;
  const { launcher, ...where } = launcherNamed(on, catalogue);
  const { prepareRun } = await foundry();
  const { checkMpi } = await fleet();
  const size = nodes * ranksPerNode;
  const { slurmrestd = process.env.JIKJI_SLURMRESTD } = where;
  // Asked by slurmrestd, this machine need not be one of the cluster's.
  if (launcher === 'slurm' && size > 1 && !slurmrestd) await checkMpi();
  checkJobSigns(key, (text) => process.stderr.write(`${text}\n`));
  const takeBack = prepareRun({ recipe, recipeFolder, out, threads, resume, ranks: { rank: 0, size } });
  try {
    const words = ['--texts', resolve(recipeFolder), ...passed];
    const job = {
      nodes,
      ranksPerNode,
      threads,
      timeLimit: time,
      ...where,
      ...(account === undefined ? {} : { account }),
    };
    await submitRun(launcher, { name: recipe.name, run: out, words, ...job });
  } catch (error) {
    takeBack();
    throw error;
  }
}
