// A job from its submission to its end, as a terminal shows it: how it fares where that has changed, and why it came to nothing. Knows
// nothing of launchers but what a job's report says, and nothing of what the job does.

import { accessSync, constants } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type ErrorCode, JikjiError, shellWord } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { fleet, type JobRecord, type JobReport } from './rooms.ts';

/** Milliseconds between looks at what it does, and between questions about it. */
const POLL_MS = 500;
const REPORT_MS = 2000;
/** Milliseconds without an answer about the job after which nobody waits for one. */
const MAX_SILENCE_MS = 600_000;

/** How a job fares, in a line. */
export function describeJob(
  { launcher, id }: JobRecord,
  { state, why, exitCode, nodes, expectedStart }: JobReport,
): string {
  const job = launcher === 'slurm' ? `Job ${id}` : `Process ${id}`;
  if (state === 'running') return `${job} runs on ${nodes}.`;
  if (state !== 'waiting') {
    const words = why ?? (state === 'failed' && exitCode !== null ? `exit code ${exitCode}` : undefined);
    return `${job}: ${state}${words === undefined ? '' : ` (${words})`}.`;
  }
  const start = expectedStart === null ? '' : `; it may begin at ${new Date(expectedStart).toLocaleString('sv')}`;
  return `${job} waits${why ? ` (${why})` : ''}${start}.`;
}

/**
 * Waits until a job has ended, and gives its last report. Aborting `signal` only ends the waiting.
 * @throws JikjiError `interrupted`; `slurm-...` where nobody knows about the job for ten minutes
 */
export async function watchJob(
  record: JobRecord,
  options: {
    signal: AbortSignal;
    /** Told how the job fares, where that has changed. */
    note: (text: string) => void;
    describe?: typeof describeJob;
    /** Called twice a second with what is known of the job, and once when it has ended. */
    look?: (report: JobReport) => void | Promise<void>;
    /** What `runs cancel` takes. */
    cancelledBy: string;
  },
): Promise<JobReport> {
  const { signal, note, describe = describeJob, look = () => {}, cancelledBy } = options;
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
        if (hasEnded(report)) await look(report); // its last words come before ours
        // When it may begin is a guess that Slurm makes anew all the time: by itself it is no news.
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
    if (report) await look(report);
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

/** How a job can come to nothing; what is not here was cancelled. */
const FAILURES: Partial<Record<JobReport['state'], [code: ErrorCode, words: string]>> = {
  failed: ['job-failed', 'failed'],
  lost: ['job-lost', 'is gone'],
};

/** Why a job came to nothing, or one of its elements: what ended it, or its own words where it ended by itself. */
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
