// The jobs that make a run: one for training and, if that has several processes, one before it for the single-process stages.

import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JikjiError } from '../base/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { EXECUTABLE } from './called-as.ts';
import { fleet, type Job, type JobRecord, type JobReport } from './rooms.ts';

/** The folder of the training job inside a run, or of the job inside an evaluation. */
export const jobFolder = (run: string): string => join(resolve(run), 'job');
/** The folder of the job that prepares the texts. */
const textFolder = (run: string): string => join(jobFolder(run), 'text');

/** The jobs of a run in the order in which they start, ended ones too. */
export async function jobsOf(run: string): Promise<JobRecord[]> {
  const { readJob } = await fleet();
  return [textFolder(run), jobFolder(run)].flatMap((folder) => readJob(folder) ?? []);
}

export interface ActiveJob {
  record: JobRecord;
  report: JobReport;
}

/** The jobs of a run that have not ended, with their reports. @throws JikjiError if a launcher does not answer */
export async function activeJobs(run: string): Promise<ActiveJob[]> {
  const { hasEnded, launcherOf } = await fleet();
  const active: ActiveJob[] = [];
  for (const record of await jobsOf(run)) {
    const report = await launcherOf(record).report(record);
    if (!hasEnded(report)) active.push({ record, report });
  }
  return active;
}

/** Whether the job for a run's training is among these. */
export const includesTraining = (run: string, active: readonly ActiveJob[]): boolean =>
  active.some(({ record }) => record.folder === jobFolder(run));

export interface RunJobs
  extends Pick<
    Job,
    'nodes' | 'ranksPerNode' | 'threads' | 'timeLimit' | 'partition' | 'account' | 'slurmrestd' | 'options'
  > {
  name: string;
  run: string;
  /** Arguments after `make RECIPE` that both jobs need. */
  words: readonly string[];
}

/**
 * Submits the jobs of a run whose folder is prepared. They use the copy of the recipe in it: the original may change before they start.
 * @throws JikjiError `job-runs` if another job still reads the texts; if a job cannot be submitted; then none of them stays
 */
export async function submitRun(
  launcher: JobRecord['launcher'],
  { name, run, words, ...size }: RunJobs,
): Promise<void> {
  const { LAUNCHERS, hasEnded, launcherOf, readJob } = await fleet();
  const { check, submit, cancel } = LAUNCHERS[launcher];
  const out = resolve(run);
  const command = [
    EXECUTABLE,
    ...['make', join(out, RECIPE), '--json', '--resume', '--out', out, '--threads', `${size.threads}`],
    ...words,
  ];
  const lost = '{"error":{"code":"rank-lost"';
  const training: Job = { name, folder: jobFolder(run), command, ...size, progress: join(out, 'checkpoints'), lost };
  await check(training);
  const folder = textFolder(run);
  const isAlone = size.nodes * size.ranksPerNode === 1;
  const before = readJob(folder);
  const goesOn = before !== undefined && !hasEnded(await launcherOf(before).report(before));
  if (goesOn && (isAlone || before.launcher !== launcher)) {
    const job = `${before.launcher} ${before.id}`;
    throw new JikjiError('job-runs', 'another job still reads the texts of this run', job, 'wait for its end');
  }
  if (isAlone || existsSync(join(out, 'corpus', 'tokens.json'))) {
    rmSync(folder, { recursive: true, force: true }); // the result of an earlier text job no longer matters
    await submit(training);
    return;
  }
  // A constraint that counts nodes is none of one node.
  const { constraint } = size.options ?? {};
  const options = constraint?.includes('*') ? { ...size.options, constraint: undefined } : size.options;
  const one = { ...size, options, nodes: 1, ranksPerNode: 1 };
  const until = [...command, '--until', 'tokens'];
  const textJob: Job = { name: `${name}-text`, folder, command: until, ...one, progress: out };
  const text = goesOn
    ? before
    : await submit(textJob).catch((error) => {
        removeEmpty(jobFolder(run)); // the folder of the refused job stood in it
        throw error;
      });
  try {
    await submit({ ...training, after: [text] });
  } catch (error) {
    await cancel(text);
    throw error;
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not empty: an earlier job
  }
}
