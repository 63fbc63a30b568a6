// Reports the state of a Slurm job, or of the elements of an array: from the controller; after the controller has forgotten the job,
// from the last word of its script, or from the accounting.

import { dirname } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { describeLimit } from './account-limits.ts';
import { jobPaths, readJob, readOutcome } from './job-folder.ts';
import { type JobRecord, type JobReport, reportOfElements } from './launcher.ts';
import { causeOf, endingOf, lastSession, signalOf } from './session.ts';
import type { SlurmJob } from './slurm-answers.ts';
import { SlurmRefusal } from './slurm-command.ts';
import { slurmTransport } from './slurm-transports.ts';
import type { PastJob } from './slurmrestd-answers.ts';

/** Slurm's states as ours; a job has one of them, beside flags that say more. */
const ENDED: Record<string, JobReport['state']> = {
  COMPLETED: 'done',
  FAILED: 'failed',
  TIMEOUT: 'failed',
  DEADLINE: 'failed',
  NODE_FAIL: 'failed',
  BOOT_FAIL: 'failed',
  OUT_OF_MEMORY: 'failed',
  LAUNCH_FAILED: 'failed',
  PREEMPTED: 'cancelled',
  CANCELLED: 'cancelled',
  REVOKED: 'cancelled',
};
const WORDS: Record<string, string> = {
  TIMEOUT: 'its time was over',
  NODE_FAIL: 'a node failed',
  OUT_OF_MEMORY: 'out of memory',
  DependencyNeverSatisfied: 'a job before it failed',
};
/** Of an end its exit code says as much. */
const SAYS_NOTHING = ['None', 'NonZeroExitCode'];
const TOO_SHORT = 'its time was over before anything was done that it could go on from';

/** One row of the controller's. */
export function reportOf(job: SlurmJob): JobReport {
  const words = job.job_state;
  const time = (seconds: number | null) =>
    seconds === null || !Number.isFinite(seconds) || seconds <= 0 ? null : new Date(1000 * seconds).toISOString();
  const ended = words.find((word) => word in ENDED);
  const reason = job.state_reason && !SAYS_NOTHING.includes(job.state_reason) ? job.state_reason : null;
  const common = { nodes: job.nodes ?? '', exitCode: null, expectedStart: null };
  if (words.includes('PENDING') || words.includes('REQUEUED') || words.includes('REQUEUE_HOLD')) {
    const limit = reason && describeLimit(reason);
    return {
      ...common,
      state: 'waiting',
      why: limit ? `${limit}: ${reason}` : reason,
      expectedStart: time(job.start_time),
    };
  }
  if (ended === undefined || words.includes('COMPLETING')) return { ...common, state: 'running', why: null };
  const state = ENDED[ended]!;
  const why = WORDS[ended] ?? (state === 'done' ? null : reason && (WORDS[reason] ?? reason));
  const exitCode = state === 'done' || ended === 'FAILED' ? (job.exit_code?.return_code ?? null) : null;
  return { ...common, state, why, exitCode };
}

/**
 * Whether a row is of the job that was submitted in this folder. Numbers are used again, by another Slurm or after a crash; and a folder
 * that somebody handed on may have that of any job of ours, which is not to be ended by it.
 */
function isOf({ standard_output: output }: SlurmJob, { folder, submittedIn = folder }: JobRecord): boolean {
  if (output === null || output === undefined) return true; // it is not said
  return [submittedIn, submittedIn.replaceAll('%', '%%')].includes(dirname(output));
}

/** What the controller remembers of a job: minutes after its end (MinJobAge) nothing. undefined: the number is another job's. */
async function rowsOf(record: JobRecord): Promise<SlurmJob[] | undefined> {
  try {
    const rows = await slurmTransport(record.slurmrestd).jobs(record.id);
    return rows.every((row) => isOf(row, record)) ? rows : undefined;
  } catch (error) {
    if (!(error instanceof SlurmRefusal)) throw error;
    if (/invalid job id/i.test(error.message)) return [];
    throw new JikjiError('slurm-refused', 'Slurm does not answer', error.message, 'try squeue yourself', {
      cause: error,
    });
  }
}

/** How a job fares. @throws JikjiError where Slurm cannot be asked */
export async function report(record: JobRecord): Promise<JobReport> {
  const { id, folder, elements, slurmrestd } = record;
  const found = await rowsOf(record);
  const rows = found ?? [];
  // What the script said last, where it was this job's and not that of a later one in its folder.
  const isOurs = readJob(folder)?.id === id;
  const wordOf = (element?: number) => (isOurs ? readOutcome(folder, element) : undefined);
  let past: PastJob[] | undefined = found ? undefined : []; // asked for once, and only where nobody else knows
  const of = async (row: SlurmJob | undefined, element?: number): Promise<JobReport> => {
    const word = wordOf(element);
    const lines = () => lastSession(jobPaths(folder, element).output, id);
    if (row) {
      const said = reportOf(row);
      if (said.state === 'failed' && word === 'too-short') return { ...said, why: TOO_SHORT, exitCode: null };
      if (said.state === 'waiting' && (row.restart_cnt ?? 0) > 0) return { ...said, why: whyAgain(said.why, lines()) };
      return withCause(said, lines);
    }
    const said = word === undefined ? undefined : byWord(word);
    if (said && said.state !== 'failed') return said;
    past ??= await slurmTransport(slurmrestd)
      .past(id)
      .catch(() => []); // most often there is no accounting
    const accounted = byAccounting(past, element ?? null);
    // One that is cancelled may see its work fail before it hears why: then its own word is not the cause.
    return said && accounted.state !== 'cancelled' ? withCause(said, lines) : accounted;
  };
  if (elements === undefined) return of(rows.find(({ job_id }) => `${job_id}` === id));
  const own = new Map<number | null, SlurmJob>();
  for (const row of rows) if (`${row.array_job_id}` === id) own.set(row.array_task_id, row);
  const reports: JobReport[] = [];
  for (let i = 0; i < elements; i++) {
    // All that never began have one row. One that has none of its own is one of them, or had ended and is forgotten.
    reports.push(await of(own.get(i) ?? (wordOf(i) === undefined ? own.get(null) : undefined), i));
  }
  return reportOfElements(reports);
}

/** Why a job waits that has begun before. For some time Slurm lets none begin again (BeginTime): that is no reason. */
function whyAgain(reason: string | null, lines: readonly string[] | undefined): string {
  const cause = (lines && causeOf(lines)) ?? 'Slurm ended it';
  return `${cause}; it was queued again${reason === null || reason === 'BeginTime' ? '' : `, and waits for: ${reason}`}`;
}

/** A failure with what its last session tells of it. */
function withCause(report: JobReport, session: () => readonly string[] | undefined): JobReport {
  if (report.state !== 'failed' || report.why !== null) return report;
  const lines = session() ?? [];
  const cause = causeOf(lines) ?? signalOf(report.exitCode);
  const ending = endingOf(lines);
  return cause === undefined ? report : { ...report, why: ending === undefined ? cause : `${cause}; ${ending}` };
}

const NOTHING = { why: null, exitCode: null, nodes: '', expectedStart: null };

function byWord(word: NonNullable<ReturnType<typeof readOutcome>>): JobReport {
  if (word === 'cancelled') return { ...NOTHING, state: 'cancelled' };
  if (word === 'too-short') return { ...NOTHING, state: 'failed', why: TOO_SHORT };
  return { ...NOTHING, state: word === 0 ? 'done' : 'failed', exitCode: word };
}

function byAccounting(past: readonly PastJob[], element: number | null): JobReport {
  const of = (wanted: number | null) => past.findLast((row) => row.element === wanted);
  const row = of(element) ?? of(null);
  const state = row && ENDED[row.state];
  if (state === undefined) return { ...NOTHING, state: 'lost', why: 'Slurm knows nothing of it any more' };
  return { ...NOTHING, state, why: WORDS[row!.state] ?? null, exitCode: state === 'cancelled' ? null : row!.exitCode };
}
