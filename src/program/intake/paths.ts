// Where things lie in the office's folder for submissions. Each is named by its digest, so that nothing can change under its name.
//
//   DIGEST.tar            a bundle as it came
//   DIGEST/               a run folder: as it came, or unpacked from the bundle of that digest
//   tasks/NAME.yaml       the office's own tasks with their data; others are those that come with the program
//   incoming-*.tmp, job-*.tmp   what is not finished; nothing of a kill but these is left behind

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import type { Programme } from '../programme/index.ts';

export const bundleFile = (files: string, digest: string): string => join(files, `${digest}.tar`);
export const runFolder = (files: string, digest: string): string => join(files, digest);

/** What `jikji eval --task` is told for a task of the rule book. */
export function taskName(files: string, name: string): string {
  const own = join(files, 'tasks', `${name}.yaml`);
  return existsSync(own) ? own : name;
}

/**
 * The run folder of a submission, which is also its model's.
 * @throws JikjiError `submission-unknown`, `model-not-there`
 */
export function modelOf(programme: Programme, files: string, submission: string): string {
  const row = programme.tables.get('submissions', submission);
  if (!row) {
    const hint = 'look at the list of submissions';
    throw new JikjiError('submission-unknown', 'there is no submission of this name', submission, hint);
  }
  const folder = runFolder(files, row.digest);
  if (existsSync(folder)) return folder;
  const hint = 'a bundle is unpacked when it is audited: let the waiting jobs be done';
  throw new JikjiError('model-not-there', 'its files were not unpacked yet, or are gone', submission, hint);
}
