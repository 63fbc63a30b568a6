// Submits a job into its folder, one at a time even when several processes submit into it. Does not know the launcher.

import { rmdirSync } from 'node:fs';
import { JikjiError, makeFolder, takeLock, writeFailure } from '../../base/index.ts';
import { jobPaths, readJob, removeScript, rewriteRecord, writeRecord, writeScript } from './job-folder.ts';
import { hasEnded, type Job, type JobRecord, type Launcher } from './launcher.ts';

/**
 * Writes the script of a job into its folder, submits it with `take`, which returns the job's number, and writes the record. Deletes the
 * files of an earlier job, except its output.
 * @throws JikjiError `job-runs` if a job of this folder has not ended; `locked` during another submission; what `take` throws, and then
 * no file of the job stays
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
      throw new JikjiError('job-runs', 'another process has submitted a job here', `${name} ${before.id}`, hint);
    }
    writeScript(job, script);
    const id = await take().catch((error) => {
      removeScript(job);
      // It holds what --resume asks of Slurm again.
      if (before) rewriteRecord(before);
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
    // not empty: this job, or the output of an earlier one
  }
}
