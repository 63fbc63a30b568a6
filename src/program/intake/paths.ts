// Paths in the office's folder of submissions. Files are named by digest, so that content cannot change under a name.
//
//   DIGEST.tar            a bundle as submitted
//   DIGEST/               a run folder: as submitted, or unpacked from the bundle of that digest
//   sketches/DIGEST.sketch      what is compared of the submission's weights; which rows it holds stays secret
//   references/SHA-256.sketch    a reference model's sketch, which the rule book names by the digest of its file
//   applications/DIGEST   a file of an application, as sent
//   tasks/NAME.yaml       the office's own tasks with their data; all other tasks come with the program
//   incoming-*.tmp, job-*.tmp   unfinished work; a killed process leaves only these

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Programme } from '../programme/index.ts';
import * as refuse from './refusals/work.ts';

export const bundleFile = (files: string, digest: string): string => join(files, `${digest}.tar`);
export const runFolder = (files: string, digest: string): string => join(files, digest);

export const applicationFile = (files: string, digest: string): string => join(files, 'applications', digest);

export const submissionSketch = (files: string, digest: string): string => join(files, 'sketches', `${digest}.sketch`);
export const referenceSketch = (files: string, sha256: string): string => join(files, 'references', `${sha256}.sketch`);

/** The argument of `jikji eval --task` for a task of the rule book. */
export function taskName(files: string, name: string): string {
  const path = join(files, 'tasks', `${name}.yaml`);
  return existsSync(path) ? path : name;
}

/**
 * The run folder of a submission, from which its model is loaded.
 * @throws JikjiError `submission-unknown`, `model-not-there`
 */
export function modelOf(programme: Programme, files: string, submission: string): string {
  const row = programme.tables.get('submissions', submission);
  if (!row) throw refuse.noSubmission(submission);
  if (programme.tables.get('audits', submission)?.witness) throw refuse.witnessedModel(submission);
  const folder = runFolder(files, row.digest);
  if (existsSync(folder)) return folder;
  throw refuse.notUnpacked(submission);
}
