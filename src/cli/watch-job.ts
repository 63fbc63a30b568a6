// Watches a job from its submission to its end: reports changes of its state, and why it failed. Knows of launchers only the job's
// report, and nothing of what the job does.

import { accessSync, constants } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type ErrorCode, JikjiError, shellWord } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { fleet, type JobRecord, type JobReport } from './rooms.ts';

/** Milliseconds between two calls of `onReport`, and between two questions to the launcher. */
const POLL_MS = 500;
const REPORT_MS = 2000;
/** Milliseconds without an answer of the launcher after which watching ends with its error. */
const MAX_SILENCE_MS = 600_000;

/** `Job 7` of Slurm, or `Process 7`. */
export const jobName = ({ launcher, id }: JobRecord): string => `${launcher === 'slurm' ? 'Job' : 'Process'} ${id}`;

/** The state of a job in one line. */
export function describeJob(record: JobRecord, { state, why, exitCode, nodes, expectedStart }: JobReport): string {
  const job = jobName(record);
  if (state === 'running') return `${job} runs on ${nodes}.`;
  if (state !== 'waiting') {
    const words = why ?? (state === 'failed' && exitCode !== null ? `exit code ${exitCode}` : undefined);
    return `${job}: ${state}${words === undefined ? '' : ` (${words})`}.`;
  }
  const start = expectedStart === null ? '' : `; it may begin at ${new Date(expectedStart).toLocaleString('sv')}`;
  return `${job} waits${why ? ` (${why})` : ''}${start}.`;
}

/**
 * Waits until a job has ended, and returns its last report. Aborting `signal` only stops the waiting.
 * @throws JikjiError `interrupted`; `slurm-...` if the launcher gives no answer for ten minutes
 */
export async function watchJob(
  record: JobRecord,
  options: {
    signal: AbortSignal;
    /** Called with a line whenever the state of the job has changed. */
    note: (text: string) => void;
    describe?: typeof describeJob;
    /** Called twice a second with the latest report, and once when the job has ended. */
    onReport?: (report: JobReport) => void | Promise<void>;
    /** The folder to pass to `runs cancel`. */
    cancelledBy: string;
  },
): Promise<JobReport> {
  const { signal, note, describe = describeJob, onReport = () => {}, cancelledBy } = options;
  const { hasEnded, launcherOf } = await fleet();
  const launcher = launcherOf(record);
  let lastNote = '';
  let report: JobReport | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let answered = performance.now();
  for (;;) {
    if (signal.aborted) throw detached(record, cancelledBy);
    if (performance.now() - asked >= REPORT_MS) {
      asked = performance.now();
      try {
        report = await launcher.report(record);
        answered = performance.now();
        if (hasEnded(report)) await onReport(report); // the job's last output is shown before the closing line
        // Slurm estimates the start anew all the time: a new estimate alone is not reported.
        const news = describe(record, { ...report, expectedStart: null });
        if (news !== lastNote) note(describe(record, report));
        lastNote = news;
      } catch (error) {
        if (!(error instanceof JikjiError) || performance.now() - answered > MAX_SILENCE_MS) throw error;
        if (lastNote !== error.code) note(`${error.message}; the job may go on. Asking again ...`);
        lastNote = error.code;
      }
    }
    if (report && hasEnded(report)) return report;
    if (report) await onReport(report);
    await setTimeout(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

const detached = (record: JobRecord, cancelledBy: string): JikjiError =>
  new JikjiError(
    'interrupted',
    'the job goes on without this terminal',
    `${record.launcher} ${record.id}`,
    `--resume follows it again, ${calledAs()} runs cancel ${shellWord(cancelledBy)} ends it`,
  );

/** Error code and words by the state of a failed job; any other state means cancelled. */
const FAILURES: Partial<Record<JobReport['state'], [code: ErrorCode, words: string]>> = {
  failed: ['job-failed', 'failed'],
  lost: ['job-lost', 'is gone'],
};

/** The error of a failed job or of one of its elements: what ended it, or the error that the job itself printed. */
export async function failureOf(record: JobRecord, report: JobReport, element?: number): Promise<JikjiError> {
  const { state, why, exitCode } = report;
  const { jobPaths, lastSession, errorOf } = await fleet();
  const { output: log } = jobPaths(record.folder, element);
  const lines = exitCode === null || why !== null ? undefined : lastSession(log, record.id);
  const failure = lines && errorOf(lines);
  if (failure) return JikjiError.received(failure);
  const [code, words] = FAILURES[state] ?? ['job-cancelled', 'was cancelled'];
  const cause =
    why ?? (exitCode === null ? undefined : (unwritable(record.folder) ?? `it ended with exit code ${exitCode}`));
  return new JikjiError(
    code,
    `the job ${words}${cause === undefined ? '' : `: ${cause}`}`,
    `${record.launcher} ${record.id}${element === undefined ? '' : `, element ${element}`}`,
    `${shellWord(log)} has its last words; go on with --resume`,
  );
}

/** Why the job could not write its last output; undefined where its folder is writable. */
function unwritable(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return `nothing can be written into ${folder}, so it could not say why: make that writable`;
  }
}
