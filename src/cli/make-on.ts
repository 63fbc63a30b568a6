// `jikji make RECIPE --on LAUNCHER`: submits the run as a job and shows its progress.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JikjiError, parseJson, shellWord } from '../base/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';
import { RESULT } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { followJobs } from './follow-job.ts';
import { interruptible } from './interrupt.ts';
import { optionsOfJob } from './job-options.ts';
import { checkJobSigns } from './key.ts';
import { type OnOptions, parseOn } from './on-options.ts';
import { note, type Output } from './output.ts';
import { createProgress } from './progress.ts';
import { fleet, foundry, type JobRecord, type MakeOptions, type MakeResult } from './rooms.ts';
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
  lodge?: string;
  /** Options to pass on to the command line of the job. */
  passed: string[];
}

/**
 * Submits the jobs that make a run, and returns them in the order in which they start. If jobs run already, returns those; an empty
 * list if the run is finished. @throws JikjiError `job-runs` if a job runs already and `resume` is not set
 */
export async function makeOn(options: MakeOn): Promise<JobRecord[]> {
  const { out, recipe, resume } = options;
  const active = await activeJobs(out);
  const [first] = active;
  if (first && !resume) {
    throw new JikjiError(
      'job-runs',
      'a job makes this run already',
      `${first.record.launcher} ${first.record.id}`,
      `--resume follows it, ${calledAs()} runs cancel ${shellWord(out)} ends it`,
    );
  }
  if (resume) (await foundry()).checkFolder(out, recipe, resume); // refuses the run of another recipe
  if (!first && resume && existsSync(join(out, RESULT))) return [];
  if (!first) await submit(options);
  // An earlier call submitted the text job and then stopped. The folder is prepared; the training job is missing.
  else if (!includesTraining(out, active)) await submitRun(...(await jobArguments(options)));
  return jobsOf(out);
}

/** Follows the jobs of a run to its end. @throws JikjiError why the run failed */
export async function followRun(
  output: Output,
  { run, recipe, records }: { run: string; recipe: Recipe; records: readonly JobRecord[] },
): Promise<MakeResult> {
  const progress = createProgress({ screen: output.progress });
  try {
    const { record, report } = await interruptible((signal) =>
      followJobs({ records, run, recipe, signal, emit: (event) => progress.event(event) }),
    );
    if (report.state !== 'done') throw await failureOf(record, report);
    return { ...(parseJson(readFileSync(join(run, RESULT), 'utf8')) as MakeResult), run };
  } finally {
    progress.close();
  }
}

async function submit(options: MakeOn): Promise<void> {
  const { recipe, recipeFolder, out, resume, threads, key, lodge, nodes = 1, ranksPerNode = 1 } = options;
  const { prepareRun } = await foundry();
  const { checkMpi } = await fleet();
  const size = nodes * ranksPerNode;
  const [launcher, jobs] = await jobArguments(options);
  const { slurmrestd = process.env.JIKJI_SLURMRESTD } = jobs;
  // With slurmrestd, this machine need not belong to the cluster, so its MPI is not checked.
  if (launcher === 'slurm' && size > 1 && !slurmrestd) await checkMpi();
  checkJobSigns(key, note);
  const onEvent: MakeOptions['onEvent'] = (event) => event.kind === 'note' && note(event.text);
  const plan = { recipe, recipeFolder, out, threads, resume, lodge, ranks: { rank: 0, size } };
  const undo = prepareRun({ ...plan, onEvent });
  try {
    await submitRun(launcher, jobs);
  } catch (error) {
    undo();
    throw error;
  }
}

/** The launcher and the jobs that make a run: the arguments of `submitRun`. */
async function jobArguments(options: MakeOn): Promise<Parameters<typeof submitRun>> {
  const { recipe, out, resume, threads, nodes = 1, ranksPerNode = 1, time: timeLimit, account } = options;
  const choice = parseOn(options.on, options.catalogue);
  const { launcher, ...cluster } = choice;
  const more = optionsOfJob(options, choice, resume ? (await jobsOf(out)).at(-1) : undefined);
  const words = ['--texts', resolve(options.recipeFolder), ...options.passed];
  const size = { nodes, ranksPerNode, threads, timeLimit };
  return [
    launcher,
    {
      name: recipe.name,
      run: out,
      words,
      ...size,
      ...cluster,
      ...(account !== undefined && { account }),
      options: more,
    },
  ];
}
