// Reports the state of a Slurm job or of the elements of an array: from the controller, or, after the controller has forgotten the job,
// from the outcome that its script wrote or from the accounting.

import { dirname } from 'node:path';
import { describeLimit } from './account-limits.ts';
import { jobPaths, readJob, readOutcome } from './job-folder.ts';
import { type JobRecord, type JobReport, reportOfElements } from './launcher.ts';
import { causeOf, endingOf, errorOf, lastSession, signalOf } from './session.ts';
import type { SlurmJob } from './slurm-answers.ts';
import { SlurmRefusal, slurmSilent } from './slurm-command.ts';
import { slurmTransport } from './slurm-transports.ts';
import type { PastJob } from './slurmrestd-answers.ts';

/** Slurm's final states and ours. A job has one of them, and flags beside it. */
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
const REASONS: Record<string, string> = {
  TIMEOUT: 'its time was over',
  NODE_FAIL: 'a node failed',
  OUT_OF_MEMORY: 'out of memory',
  DependencyNeverSatisfied: 'a job before it failed',
  ReservationDeleted: 'its reservation is over',
  InvalidQOS: 'it may not use this quality of service',
  BadConstraints: 'no nodes have what it asks for',
};
/** Reasons that say no more than the exit code. */
const EMPTY_REASONS = ['None', 'NonZeroExitCode'];
const TOO_SHORT = 'its time was over before it saved anything to resume from';

/** The report of a job from the controller's row. */
export function reportOf(job: SlurmJob): JobReport {
  const states = job.job_state;
  const time = (seconds: number | null) =>
    seconds === null || !Number.isFinite(seconds) || seconds <= 0 ? null : new Date(1000 * seconds).toISOString();
  const ended = states.find((word) => word in ENDED);
  const reason = job.state_reason && !EMPTY_REASONS.includes(job.state_reason) ? job.state_reason : null;
  const common = { nodes: job.nodes ?? '', exitCode: null, expectedStart: null };
  if (['PENDING', 'REQUEUED', 'REQUEUE_HOLD'].some((waiting) => states.includes(waiting))) {
    const words = reason && (describeLimit(reason) ?? REASONS[reason]);
    return {
      ...common,
      state: 'waiting',
      why: words ? `${words}: ${reason}` : reason,
      expectedStart: time(job.start_time),
    };
  }
  if (ended === undefined || states.includes('COMPLETING')) return { ...common, state: 'running', why: null };
  const state = ENDED[ended]!;
  const why = REASONS[ended] ?? (state === 'done' ? null : reason && (REASONS[reason] ?? reason));
  const exitCode = state === 'done' || ended === 'FAILED' ? (job.exit_code?.return_code ?? null) : null;
  return { ...common, state, why, exitCode };
}

/**
 * Whether a row is of the job that was submitted in this folder. Another Slurm reuses job numbers, and so does this one after a crash.
 * A folder from another person may name any job of this user, and must not cancel it.
 */
function isOf({ standard_output: output }: SlurmJob, { folder, submittedIn = folder }: JobRecord): boolean {
  if (output === null || output === undefined) return true; // not reported
  return [submittedIn, submittedIn.replaceAll('%', '%%')].includes(dirname(output));
}

/** The controller's rows of a job; none some minutes after its end (MinJobAge). Undefined: the number is another job's. */
async function rowsOf(record: JobRecord): Promise<SlurmJob[] | undefined> {
  try {
    const rows = await slurmTransport(record.slurmrestd).jobs(record.id);
    return rows.every((row) => isOf(row, record)) ? rows : undefined;
  } catch (error) {
    if (!(error instanceof SlurmRefusal)) throw error;
    if (/invalid job id/i.test(error.message)) return [];
    throw slurmSilent(error, 'try squeue yourself');
  }
}

/** The state of a job. @throws JikjiError `slurm-...` if Slurm does not answer */
export async function report(record: JobRecord): Promise<JobReport> {
  const { id, folder, elements, slurmrestd } = record;
  const answer = await rowsOf(record);
  const rows = answer ?? [];
  // A later job in the folder writes its outcome there too.
  const isOurs = readJob(folder)?.id === id;
  const outcomeOf = (element?: number) => (isOurs ? readOutcome(folder, element) : undefined);
  let past: PastJob[] | undefined = answer ? undefined : []; // queried once, and only if nothing else answers
  const reportElement = async (row: SlurmJob | undefined, element?: number): Promise<JobReport> => {
    const outcome = outcomeOf(element);
    const lines = () => lastSession(jobPaths(folder, element).output, id);
    if (row) {
      const found = reportOf(row);
      if (found.state === 'failed' && outcome === 'too-short') return { ...found, why: TOO_SHORT, exitCode: null };
      if (found.state === 'waiting' && row.restart_cnt) return { ...found, why: whyRequeued(found.why, lines()) };
      return withCause(found, lines);
    }
    const found = outcome === undefined ? undefined : byOutcome(outcome);
    if (found && found.state !== 'failed') return found;
    past ??= await slurmTransport(slurmrestd)
      .past(id)
      .catch(() => []); // usually there is no accounting
    const accounted = byAccounting(past, element ?? null);
    // The command of a cancelled job may fail before its script gets the signal: the outcome is then not the cause.
    return found && accounted.state !== 'cancelled' ? withCause(found, lines) : accounted;
  };
  if (elements === undefined) return reportElement(rows.find(({ job_id }) => `${job_id}` === id));
  const rowOf = new Map<number | null, SlurmJob>();
  for (const row of rows) if (`${row.array_job_id}` === id) rowOf.set(row.array_task_id, row);
  const reports: JobReport[] = [];
  for (let i = 0; i < elements; i++) {
    // All elements that never started share one row. Another element without a row has ended and is forgotten.
    const shared = outcomeOf(i) === undefined ? rowOf.get(null) : undefined;
    reports.push(await reportElement(rowOf.get(i) ?? shared, i));
  }
  return reportOfElements(reports);
}

/** Why a requeued job waits. Slurm delays every requeued job for some time (BeginTime), so that is not a reason. */
function whyRequeued(reason: string | null, lines: readonly string[] | undefined): string {
  const cause = (lines && causeOf(lines)) ?? 'Slurm ended it';
  return `${cause}; it was queued again${reason === null || reason === 'BeginTime' ? '' : `, and waits for: ${reason}`}`;
}

/** Adds the cause in the last session to the report of a failure. */
function withCause(report: JobReport, session: () => readonly string[] | undefined): JobReport {
  if (report.state !== 'failed' || report.why !== null) return report;
  const lines = session() ?? [];
  const cause = causeOf(lines) ?? (errorOf(lines) ? undefined : signalOf(report.exitCode));
  const ending = endingOf(lines);
  return cause === undefined ? report : { ...report, why: ending === undefined ? cause : `${cause}; ${ending}` };
}

const EMPTY_REPORT = { why: null, exitCode: null, nodes: '', expectedStart: null };

function byOutcome(outcome: NonNullable<ReturnType<typeof readOutcome>>): JobReport {
  if (outcome === 'cancelled') return { ...EMPTY_REPORT, state: 'cancelled' };
  if (outcome === 'too-short') return { ...EMPTY_REPORT, state: 'failed', why: TOO_SHORT };
  return { ...EMPTY_REPORT, state: outcome === 0 ? 'done' : 'failed', exitCode: outcome };
}

function byAccounting(past: readonly PastJob[], element: number | null): JobReport {
  const lastRow = (wanted: number | null) => past.findLast((row) => row.element === wanted);
  const row = lastRow(element) ?? lastRow(null);
  const state = row && ENDED[row.state];
  if (state === undefined) return { ...EMPTY_REPORT, state: 'lost', why: 'Slurm no longer knows it' };
  return {
    ...EMPTY_REPORT,
    state,
    why: REASONS[row!.state] ?? null,
    exitCode: state === 'cancelled' ? null : row!.exitCode,
  };
}
