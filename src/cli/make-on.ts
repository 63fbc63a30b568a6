// `jikji make RECIPE --on LAUNCHER`: the same run, made by a job; here its progress is shown.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JikjiError } from '../base/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';
import { calledAs, shellWord } from './called-as.ts';
import { errorOf, followJob } from './follow-job.ts';
import { interruptible } from './interrupt.ts';
import { launcherNamed, type OnOptions } from './on-options.ts';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';
import { fleet, foundry, type Job, type JobRecord, type MakeResult } from './rooms.ts';

/** The folder of a run's job, inside the run's. */
export const jobFolder = (run: string): string => join(resolve(run), 'job');

export interface MakeOn extends OnOptions {
  on: string;
  /** The recipe's file as it was named, and what it says with all that was set. */
  file: string;
  recipe: Recipe;
  out: string;
  resume: boolean;
  threads: number;
  /** Words of the command line that the job's own call needs too. */
  passed: string[];
}

/** Makes a run by a job and follows it; where one is at it already, follows that. */
export async function makeOn(output: Output, options: MakeOn): Promise<MakeResult> {
  const { out } = options;
  const progress = createProgress({ screen: output.progress });
  try {
    const record = (await jobAtWork(options)) ?? (await submit(options));
    const report = await interruptible(
      (signal) =>
        followJob({ record, run: out, recipe: options.recipe, signal, tell: (event) => progress.event(event) }),
      () => {},
    );
    if (report.state === 'done') return { ...JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')), run: out };
    const { jobPaths } = await fleet();
    const { output: log } = jobPaths(record.folder);
    // One that ended by itself has said why.
    const said = report.exitCode === null ? undefined : errorOf(log);
    throw (
      said ??
      new JikjiError(
        `job-${report.state}`,
        `the job ${report.state === 'failed' ? 'failed' : report.state === 'lost' ? 'is gone' : 'was cancelled'}${report.why ? `: ${report.why}` : ''}`,
        `${record.launcher} ${record.id}`,
        `${shellWord(log)} has its last words; go on with --resume`,
      )
    );
  } finally {
    progress.close();
  }
}

/** The job that is at this run now, if there is one. */
async function jobAtWork({ out, resume }: MakeOn): Promise<JobRecord | undefined> {
  const { hasEnded, launcherOf, readJob } = await fleet();
  const record = readJob(jobFolder(out));
  if (!record || hasEnded(await launcherOf(record).report(record))) return undefined;
  if (resume) return record;
  throw new JikjiError(
    'job-runs',
    'a job is at this run already',
    `${record.launcher} ${record.id}`,
    `--resume follows it, ${calledAs()} runs cancel ${shellWord(out)} ends it`,
  );
}

async function submit(options: MakeOn): Promise<JobRecord> {
  const { on, file, recipe, out, resume, threads, passed, nodes = 1, ranksPerNode = 1, time, account } = options;
  const { launcher, partition } = launcherNamed(on);
  const { prepareRun } = await foundry();
  const { LAUNCHERS } = await fleet();
  const takeBack = prepareRun({
    recipe,
    recipeFolder: dirname(resolve(file)),
    out,
    threads,
    resume,
    ranks: { rank: 0, size: nodes * ranksPerNode },
  });
  const job: Job = {
    name: recipe.name,
    folder: jobFolder(out),
    command: [
      fileURLToPath(new URL('../../bin/jikji', import.meta.url)),
      ...['make', resolve(file), '--json', '--resume', '--out', resolve(out), '--threads', `${threads}`],
      ...passed,
    ],
    nodes,
    ranksPerNode,
    threads,
    timeLimit: time,
    partition,
    account,
    progress: join(resolve(out), 'checkpoints'),
  };
  try {
    return await LAUNCHERS[launcher].submit(job);
  } catch (error) {
    takeBack();
    throw error;
  }
}
