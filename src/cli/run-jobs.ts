// The jobs that make a run: one for its training and, where that takes several processes, one before it for the stages that take one.

import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RECIPE } from '../run-folder/index.ts';
import { fleet, type Job, type JobRecord, type JobReport } from './rooms.ts';

/** Where the job of a run's training is kept, inside the run, or that of an evaluation; that for a run's texts is kept inside of this. */
export const jobFolder = (run: string): string => join(resolve(run), 'job');
const textFolder = (run: string): string => join(jobFolder(run), 'text');

/** The jobs of a run in the order in which they begin, ended ones too. */
export async function jobsOf(run: string): Promise<JobRecord[]> {
  const { readJob } = await fleet();
  return [textFolder(run), jobFolder(run)].flatMap((folder) => readJob(folder) ?? []);
}

export interface ActiveJob {
  record: JobRecord;
  report: JobReport;
}

/** The jobs of a run that have not ended, and how they fare. @throws JikjiError where a launcher cannot be asked */
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
  extends Pick<Job, 'nodes' | 'ranksPerNode' | 'threads' | 'timeLimit' | 'partition' | 'account' | 'slurmrestd'> {
  name: string;
  run: string;
  /** Words after `make RECIPE` that both jobs need. */
  words: readonly string[];
}

/**
 * Submits what makes a run whose folder is prepared. The recipe is the copy in there: the file may change before the job begins.
 * @throws JikjiError where it cannot be submitted; then no job of it stays
 */
export async function submitRun(
  launcher: JobRecord['launcher'],
  { name, run, words, ...size }: RunJobs,
): Promise<void> {
  const { LAUNCHERS, hasEnded, readJob } = await fleet();
  const { check, submit, report, cancel } = LAUNCHERS[launcher];
  const out = resolve(run);
  const command = [
    fileURLToPath(new URL('../../bin/jikji', import.meta.url)),
    ...['make', join(out, RECIPE), '--json', '--resume', '--out', out, '--threads', `${size.threads}`],
    ...words,
  ];
  const lost = '{"error":{"code":"rank-lost"';
  const training: Job = { name, folder: jobFolder(run), command, ...size, progress: join(out, 'checkpoints'), lost };
  await check(training);
  const folder = textFolder(run);
  if (size.nodes * size.ranksPerNode === 1 || existsSync(join(out, 'corpus', 'tokens.json'))) {
    rmSync(folder, { recursive: true, force: true }); // what one before it came to is no news
    await submit(training);
    return;
  }
  const before = readJob(folder);
  const goesOn = before !== undefined && !hasEnded(await report(before));
  const one = { ...size, nodes: 1, ranksPerNode: 1 };
  const until = [...command, '--until', 'tokens'];
  const text = goesOn ? before : await submit({ name: `${name}-text`, folder, command: until, ...one, progress: out });
  try {
    await submit({ ...training, after: [text] });
  } catch (error) {
    await cancel(text);
    throw error;
  }
}
