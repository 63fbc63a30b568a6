// The local launcher: jobs as processes of this machine, one node, no queue. A job outlives the process that started it.

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

/** Milliseconds that a cancelled job has to save its state. */
const CANCEL_TIMEOUT_MS = 30_000;

const notLocal = (what: string, input: string, hint: string): JikjiError =>
  new JikjiError('not-local', `this machine ${what}`, input, hint);

async function check(job: Job): Promise<void> {
  checkSize(job);
  if (job.nodes > 1) throw notLocal('is one node', `--nodes ${job.nodes}`, 'use --on slurm for more nodes');
  if (job.ranksPerNode > 1) {
    throw notLocal('needs no ranks', `--ranks-per-node ${job.ranksPerNode}`, 'give one process more --threads');
  }
  const { partition, account, timeLimit, options } = job;
  for (const [option, value] of Object.entries({ partition, account, time: timeLimit, ...options })) {
    if (value !== undefined) throw notLocal('has no queue', `${option} ${value}`, 'leave it out, or use --on slurm');
  }
}

async function submit(job: Job): Promise<JobRecord> {
  await check(job);
  return submitIntoFolder(job, localLauncher, jobScript(job, 'local', process.cwd()), () =>
    start(jobPaths(job.folder)),
  );
}

/** Starts a script in the background, records its process, and returns the process id. */
async function start({ script, output, process: path }: ReturnType<typeof jobPaths>): Promise<string> {
  try {
    const log = openSync(output, 'a');
    // A new process group: Ctrl-C here does not reach it, and it can be killed as a whole.
    const child = spawn('bash', [script], { detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    await new Promise((resolve, reject) => child.on('spawn', resolve).on('error', reject));
    child.unref();
    writeFileAtomic(path, lockText(child.pid!));
    return `${child.pid}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new JikjiError('no-bash', 'jobs need bash, which is not installed here', 'bash', 'install bash', {
      cause: error,
    });
  }
}

/** The process id of a running job's script. A forged folder names no process: it cannot guess the start time. */
function scriptPid(folder: string): number | undefined {
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
  // In this order: the script writes its outcome before it ends.
  const runs = scriptPid(folder) !== undefined;
  const outcome = readOutcome(folder);
  if (elements === undefined) return reportOf(runs ? 'runs' : outcome);
  const outcomes = Array.from({ length: elements }, (_, i) => readOutcome(folder, i));
  const current = runs ? outcomes.indexOf(undefined) : -1; // elements run one after the other
  return reportOfElements(
    outcomes.map((own, i) => reportOf(own ?? (runs ? (i === current ? 'runs' : 'waits') : outcome))),
  );
}

function reportOf(outcome: ReturnType<typeof readOutcome> | 'runs' | 'waits'): JobReport {
  const base = { why: null, exitCode: null, nodes: hostname(), expectedStart: null };
  if (outcome === 'runs') return { ...base, state: 'running' };
  if (outcome === 'waits') return { ...base, state: 'waiting', nodes: '' };
  if (outcome === undefined) return { ...base, state: 'lost', why: 'it was killed, or this machine was restarted' };
  if (typeof outcome === 'string') return { ...base, state: 'cancelled' };
  return { ...base, state: outcome === 0 ? 'done' : 'failed', why: signalOf(outcome) ?? null, exitCode: outcome };
}

async function cancel(record: JobRecord): Promise<JobReport> {
  const paths = jobPaths(record.folder);
  const pid = scriptPid(record.folder);
  let last = await report(record);
  if (pid === undefined || hasEnded(last)) return last;
  const deadline = Date.now() + CANCEL_TIMEOUT_MS;
  signal(pid, 'SIGTERM'); // to the script only: it forwards the signal, and a command that gets two ends at once
  for (; !hasEnded(last); last = await report(record)) {
    if (Date.now() > deadline) signal(-pid, 'SIGKILL'); // the whole process group
    await setTimeout(50);
  }
  if (readOutcome(record.folder) === undefined) writeFileAtomic(paths.ended, 'cancelled\n'); // killed before it wrote its outcome
  return report(record);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has just ended
  }
}

export const localLauncher: Launcher = { name: 'local', check, submit, report, cancel };
