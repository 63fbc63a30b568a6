// The files of a job in its folder: script, output, record and last word. A later process finds the job by them.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, writeFailure, writeFileAtomic } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { type Job, type JobRecord, jobRecordSchema } from './launcher.ts';

/** Of a file that others may have made. */
const MAX_BYTES = 1 << 16;

/** `element`: its number, or what stands for it; output and last word are its own. */
export const jobPaths = (folder: string, element?: number | string) => ({
  script: join(folder, 'job.sh'),
  /** What command and script wrote, of all sessions. */
  output: join(folder, element === undefined ? 'output.log' : `output-${element}.log`),
  record: join(folder, 'job.json'),
  /** The script's last word: its exit code, `cancelled`, or `too-short` where a session did nothing before its time was over. */
  ended: join(folder, element === undefined ? 'ended' : `ended-${element}`),
  /** Of whoever submits, while that goes on. */
  lock: join(folder, 'lock'),
  /** Of a local job: its process, in the form of a lock. */
  process: join(folder, 'process'),
});

/**
 * The record of the job that was submitted last in this folder; undefined where there is none, or none that can be read, or one that
 * is a copy of another folder's: that one's job is not to be followed here, or ended.
 */
export function readJob(folder: string): JobRecord | undefined {
  try {
    const found = jobRecordSchema.safeParse(JSON.parse(readSmallFile(jobPaths(folder).record, MAX_BYTES)));
    if (!found.success) return undefined;
    const { folder: told, ...record } = found.data;
    if (told === folder) return { ...record, folder };
    return areDifferentFolders(told, folder) ? undefined : { ...record, folder, submittedIn: told };
  } catch {
    return undefined;
  }
}

/** Whether these are two folders: not where one of them is gone, for then it was moved. */
function areDifferentFolders(one: string, other: string): boolean {
  const there = statSync(one, { throwIfNoEntry: false });
  const here = statSync(other);
  return there !== undefined && (there.dev !== here.dev || there.ino !== here.ino);
}

/**
 * Writes the script of a job that is about to be submitted. What an earlier job of this folder left is forgotten, but its output; that
 * of elements too, whose numbers mean others now.
 */
export function writeScript({ folder }: Job, script: string): void {
  const paths = jobPaths(folder);
  try {
    const numbered = readdirSync(folder).filter((name) => /^(ended-\d+|output-\d+\.log)$/.test(name));
    const olds = [paths.record, paths.ended, paths.process, ...numbered.map((name) => join(folder, name))];
    for (const old of olds) rmSync(old, { force: true });
  } catch (error) {
    throw writeFailure(error, folder);
  }
  writeFileAtomic(paths.script, script, 0o777);
}

/** Takes back what `writeScript` wrote for a job that nobody took. */
export function removeScript({ folder }: Job): void {
  rmSync(jobPaths(folder).script, { force: true });
}

export function writeRecord(job: Job, launcher: JobRecord['launcher'], id: string): JobRecord {
  const { name, folder, elements, slurmrestd } = job;
  const submitted = new Date().toISOString();
  const record = { formatVersion: 1, launcher, id, name, folder, elements, submitted, slurmrestd } as const;
  writeFileAtomic(jobPaths(folder).record, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The last word of a job's script, or of an element of it; undefined while there is none. */
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

/** @throws JikjiError for sizes that no launcher takes */
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
