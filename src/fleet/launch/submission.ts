// Submits a job into its folder, one at a time even when several processes submit into it. Does not know the launcher.

import { rmdirSync } from 'node:fs';
import { JikjiError, makeFolder, takeLock, writeFailure } from '../../base/index.ts';
import { jobPaths, readJob, removeScript, writeRecord, writeScript } from './job-folder.ts';
import { hasEnded, type Job, type JobRecord, type Launcher } from './launcher.ts';

/**
 * Writes the script of a job into its folder, has `take` submit it, which gives its number, and notes that. What an earlier job left
 * there is forgotten, but its output.
 * @throws JikjiError `job-runs` where a job of this folder has not ended; `locked` where somebody else is at this; what `take` throws,
 * and then nothing of the job stays
 */
export async function submitIntoFolder(
  job: Job,
  { name, report }: Pick<Launcher, 'name' | 'report'>,
  script: string,
  take: () => Promise<string>,
): Promise<JobRecord> {
  const { folder } = job;
  try {
    makeFolder(folder);
  } catch (error) {
    throw writeFailure(error, folder);
  }
  let release = () => {};
  try {
    release = takeLock(jobPaths(folder).lock, 'the job of this folder');
    const before = readJob(folder);
    if (before?.launcher === name && !hasEnded(await report(before))) {
      const hint = 'the same call with --resume follows it';
      throw new JikjiError('job-runs', 'a job was submitted here meanwhile', `${name} ${before.id}`, hint);
    }
    writeScript(job, script);
    const id = await take().catch((error) => {
      removeScript(job);
      throw error;
    });
    return writeRecord(job, name, id);
  } finally {
    release();
    removeEmpty(folder);
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // something is in it: this job, or what an earlier one left
  }
}
