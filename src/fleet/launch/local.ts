// Jobs as processes of this machine: one node, no queue. A job goes on when whoever started it ends, and can be found again.

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { isLocked, JikjiError, lockText, writeFileAtomic } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { checkSize, jobPaths, readOutcome } from './job-folder.ts';
import { hasEnded, type Job, type JobRecord, type JobReport, type Launcher, reportOfElements } from './launcher.ts';
import { jobScript } from './script.ts';
import { signalOf } from './session.ts';
import { submitIntoFolder } from './submission.ts';

/** Milliseconds that a cancelled job has to save what it has. */
const CANCEL_TIMEOUT_MS = 30_000;

const unfit = (what: string, input: string, hint: string): JikjiError =>
  new JikjiError('not-local', `this machine ${what}`, input, hint);

async function check(job: Job): Promise<void> {
  checkSize(job);
  if (job.nodes > 1) throw unfit('is one node', `--nodes ${job.nodes}`, 'more of them take --on slurm');
  if (job.ranksPerNode > 1) {
    throw unfit('needs no ranks', `--ranks-per-node ${job.ranksPerNode}`, 'give one process more --threads');
  }
  const { partition, account, timeLimit } = job;
  for (const [option, value] of Object.entries({ partition, account, time: timeLimit })) {
    if (value !== undefined) throw unfit('has no queue', `${option} ${value}`, 'leave it out, or use --on slurm');
  }
}

async function submit(job: Job): Promise<JobRecord> {
  await check(job);
  return submitIntoFolder(job, local, jobScript(job, 'local', process.cwd()), () => start(jobPaths(job.folder)));
}

/** Starts a script in the background; the number of its process, which is noted. */
async function start({ script, output, process: path }: ReturnType<typeof jobPaths>): Promise<string> {
  try {
    const log = openSync(output, 'a');
    // A process group of its own: Ctrl-C here does not reach it, and it can be ended as a whole.
    const child = spawn('bash', [script], { detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    await new Promise((resolve, reject) => child.on('spawn', resolve).on('error', reject));
    child.unref();
    writeFileAtomic(path, lockText(child.pid!));
    return `${child.pid}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new JikjiError('no-bash', 'jobs are run by bash, and there is none here', 'bash', 'install bash', {
      cause: error,
    });
  }
}

/** The process of a job's script, if it runs. A folder that somebody made up names none: its start time is not to be guessed. */
function scriptOf(folder: string): number | undefined {
  const { process: path } = jobPaths(folder);
  try {
    const { pid, started } = JSON.parse(readSmallFile(path, 1000));
    if (started === undefined && process.platform === 'linux') return undefined;
    return isLocked(path) ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function report({ folder, elements }: JobRecord): Promise<JobReport> {
  // In this order: it says how it ended before it ends.
  const runs = scriptOf(folder) !== undefined;
  const all = readOutcome(folder);
  if (elements === undefined) return reportOf(runs ? 'runs' : all);
  const words = Array.from({ length: elements }, (_, i) => readOutcome(folder, i));
  const current = runs ? words.indexOf(undefined) : -1; // they come one after the other
  return reportOfElements(
    words.map((word, i) => {
      if (word === undefined && runs && i !== current) return reportOf('waits');
      return reportOf(word ?? (runs ? 'runs' : all));
    }),
  );
}

function reportOf(word: ReturnType<typeof readOutcome> | 'runs' | 'waits'): JobReport {
  const said = { why: null, exitCode: null, nodes: hostname(), expectedStart: null };
  if (word === 'runs') return { ...said, state: 'running' };
  if (word === 'waits') return { ...said, state: 'waiting', nodes: '' };
  if (word === undefined) return { ...said, state: 'lost', why: 'it was killed, or this machine was restarted' };
  if (typeof word === 'string') return { ...said, state: 'cancelled' };
  return { ...said, state: word === 0 ? 'done' : 'failed', why: signalOf(word) ?? null, exitCode: word };
}

async function cancel(record: JobRecord): Promise<JobReport> {
  const paths = jobPaths(record.folder);
  const script = scriptOf(record.folder);
  let last = await report(record);
  if (script === undefined || hasEnded(last)) return last;
  const until = Date.now() + CANCEL_TIMEOUT_MS;
  signal(script, 'SIGTERM'); // it passes it on: one that gets it twice ends at once
  for (; !hasEnded(last); last = await report(record)) {
    if (Date.now() > until) signal(-script, 'SIGKILL'); // all that it started
    await setTimeout(50);
  }
  if (readOutcome(record.folder) === undefined) writeFileAtomic(paths.ended, 'cancelled\n'); // it was ended before it could say so
  return report(record);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has just ended
  }
}

export const local: Launcher = { name: 'local', check, submit, report, cancel };
