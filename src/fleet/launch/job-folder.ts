// The files of a job in its folder: script, output, record and outcome. A later process finds the job by them.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, parseJson, writeFailure, writeFileAtomic } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { type Job, type JobRecord, jobRecordSchema } from './launcher.ts';

/** Largest file that is read: other people may have written it. */
const MAX_BYTES = 1 << 16;

/** `element`: its number, or a shell expression for it. Each element has its output and outcome. */
export const jobPaths = (folder: string, element?: number | string) => ({
  script: join(folder, 'job.sh'),
  /** Output of the command and the script, of all sessions. */
  output: join(folder, element === undefined ? 'output.log' : `output-${element}.log`),
  record: join(folder, 'job.json'),
  /** The outcome: an exit code, `cancelled`, or `too-short` if a session saved nothing before its time limit. */
  ended: join(folder, element === undefined ? 'ended' : `ended-${element}`),
  /** Held during a submission. */
  lock: join(folder, 'lock'),
  /** The process of a local job, in the form of a lock. */
  process: join(folder, 'process'),
});

/**
 * The record of the last job in this folder; undefined if there is no readable record, or if the folder is a copy of another one: the
 * other folder's job must not be followed or cancelled from here.
 */
export function readJob(folder: string): JobRecord | undefined {
  try {
    const found = jobRecordSchema.safeParse(parseJson(readSmallFile(jobPaths(folder).record, MAX_BYTES)));
    if (!found.success) return undefined;
    const { folder: recorded, ...record } = found.data;
    if (recorded === folder) return { ...record, folder };
    return areDifferentFolders(recorded, folder) ? undefined : { ...record, folder, submittedIn: recorded };
  } catch {
    return undefined;
  }
}

/** Whether both folders exist and differ. If `one` is gone, it was moved. */
function areDifferentFolders(one: string, other: string): boolean {
  const [a, b] = [statSync(one, { throwIfNoEntry: false }), statSync(other)];
  return a !== undefined && (a.dev !== b.dev || a.ino !== b.ino);
}

/**
 * Writes the script of a job that is about to be submitted. Deletes the files of an earlier job, except its output; the output of
 * elements too, because their numbers mean other tasks now.
 */
export function writeScript({ folder }: Job, script: string): void {
  const paths = jobPaths(folder);
  try {
    const numbered = readdirSync(folder).filter((name) => /^(ended-\d+|output-\d+\.log)$/.test(name));
    const stale = [paths.record, paths.ended, paths.process, ...numbered.map((name) => join(folder, name))];
    for (const path of stale) rmSync(path, { force: true });
  } catch (error) {
    throw writeFailure(error, folder);
  }
  writeFileAtomic(paths.script, script, 0o777);
}

/** Removes the script of a job whose submission failed. */
export function removeScript({ folder }: Job): void {
  rmSync(jobPaths(folder).script, { force: true });
}

export function writeRecord(job: Job, launcher: JobRecord['launcher'], id: string): JobRecord {
  const { name, folder, elements, slurmrestd, options } = job;
  const submitted = new Date().toISOString();
  const given = Object.entries(options ?? {}).flatMap(([name, text]) => (text ? [[name, text] as const] : []));
  const base = { formatVersion: 1, launcher, id, name, folder, elements, submitted, slurmrestd } as const;
  const record: JobRecord = given.length > 0 ? { ...base, options: Object.fromEntries(given) } : base;
  rewriteRecord(record);
  return record;
}

/** Writes a record that was read, or a new one. */
export function rewriteRecord({ submittedIn, ...record }: JobRecord): void {
  const written = { ...record, folder: submittedIn ?? record.folder };
  writeFileAtomic(jobPaths(record.folder).record, `${JSON.stringify(written, null, 2)}\n`);
}

/** The outcome of a job or of one of its elements; undefined until it has ended. */
export function readOutcome(folder: string, element?: number): number | 'cancelled' | 'too-short' | undefined {
  let text: string;
  try {
    text = readSmallFile(jobPaths(folder, element).ended, MAX_BYTES).trim();
  } catch {
    return undefined;
  }
  if (text === 'cancelled' || text === 'too-short') return text;
  return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

/** @throws JikjiError `usage`, `time-limit-too-short` for sizes that no launcher takes */
export function checkSize({ nodes, ranksPerNode, threads, timeLimit, elements = 1 }: Job): void {
  for (const [option, value] of Object.entries({
    '--nodes': nodes,
    '--ranks-per-node': ranksPerNode,
    '--threads': threads,
    elements,
  })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new JikjiError(
        'usage',
        `${option} takes a whole number from 1 on`,
        `${option} ${value}`,
        'write for example 1',
      );
    }
  }
  if (timeLimit !== undefined && !(timeLimit >= 1)) {
    throw new JikjiError(
      'time-limit-too-short',
      'a time limit is a minute at least',
      `${timeLimit}`,
      'give it more time',
    );
  }
}
