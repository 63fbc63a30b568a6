// `jikji make RECIPE --on LAUNCHER`: the same run, made by a job; here its progress is shown.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JikjiError, shellWord } from '../base/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';
import { RESULT } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { followJobs } from './follow-job.ts';
import { interruptible } from './interrupt.ts';
import { checkJobSigns } from './key.ts';
import { type OnOptions, parseOn } from './on-options.ts';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';
import { fleet, foundry, type JobRecord, type MakeResult } from './rooms.ts';
import { activeJobs, includesTraining, jobsOf, submitRun } from './run-jobs.ts';
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

/**
 * Submits what makes a run, and gives the jobs that are at it in the order in which they begin; where some are already, gives those.
 * None where it is finished.
 */
export async function makeOn(options: MakeOn): Promise<JobRecord[]> {
  const { out, recipe, resume } = options;
  const active = await activeJobs(out);
  const [first] = active;
  if (first && !resume) {
    throw new JikjiError(
      'job-runs',
      'a job is at this run already',
      `${first.record.launcher} ${first.record.id}`,
      `--resume follows it, ${calledAs()} runs cancel ${shellWord(out)} ends it`,
    );
  }
  if (resume) (await foundry()).checkFolder(out, recipe, resume); // another recipe's run is not to be followed
  if (!first && resume && existsSync(join(out, RESULT))) return [];
  if (!first) await submit(options);
  // Whoever submitted the job for the texts did not come to the next. That one has the folder, and it is prepared.
  else if (!includesTraining(out, active)) await submitRun(...asJobs(options));
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
    return { ...JSON.parse(readFileSync(join(run, RESULT), 'utf8')), run };
  } finally {
    progress.close();
  }
}

async function submit(options: MakeOn): Promise<void> {
  const { recipe, recipeFolder, out, resume, threads, key, nodes = 1, ranksPerNode = 1 } = options;
  const { prepareRun } = await foundry();
  const { checkMpi } = await fleet();
  const size = nodes * ranksPerNode;
  const [launcher, jobs] = asJobs(options);
  const { slurmrestd = process.env.JIKJI_SLURMRESTD } = jobs;
  // Asked by slurmrestd, this machine need not be one of the cluster's.
  if (launcher === 'slurm' && size > 1 && !slurmrestd) await checkMpi();
  checkJobSigns(key, (text) => process.stderr.write(`${text}\n`));
  const takeBack = prepareRun({ recipe, recipeFolder, out, threads, resume, ranks: { rank: 0, size } });
  try {
    await submitRun(launcher, jobs);
  } catch (error) {
    takeBack();
    throw error;
  }
}

/** The jobs that make a run, and who takes them. */
function asJobs(options: MakeOn): Parameters<typeof submitRun> {
  const {
    on,
    recipe,
    recipeFolder,
    out,
    threads,
    passed,
    nodes = 1,
    ranksPerNode = 1,
    time,
    account,
    catalogue,
  } = options;
  const { launcher, ...where } = parseOn(on, catalogue);
  const words = ['--texts', resolve(recipeFolder), ...passed];
  const charged = account === undefined ? {} : { account };
  const size = { nodes, ranksPerNode, threads, timeLimit: time };
  return [launcher, { name: recipe.name, run: out, words, ...size, ...where, ...charged }];
}
