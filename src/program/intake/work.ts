// The office's work on submissions: jobs one at a time, each in a child. Safe to be killed anywhere: a job that was not finished is
// taken again, what the log says already is not said again, and a submission that waits without a job gets one.

import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Signable, signAudit } from '../../audit/index.ts';
import { type ErrorCode, JikjiError, makeFolder } from '../../base/index.ts';
import {
  type ChildOptions,
  type ChildOutcome,
  childScript,
  childSettings,
  MAX_CHILD_BYTES,
  runChild,
} from '../../child-process/index.ts';
import type { Json, Signer } from '../../ledger/index.ts';
import { auditShown, type ShownAudit } from '../audits/index.ts';
import type { Job } from '../database/index.ts';
import { type Programme, submissionOf } from '../programme/index.ts';
import { type Limits, tasksOf } from '../rules/index.ts';
import { bookOfStage, MAX_REPORT, type Row, registerText, type Tables } from '../state/index.ts';
import type { Audited, AuditProgress, AuditWork } from './audit.child.ts';
import { type EvaluateWork, evaluated, isEvaluated, type Missing, type TaskProgress } from './evaluation.ts';
import { REGISTER_FILE } from './office-register.ts';
import { reported } from './usage.ts';

export type IntakeEvent =
  | { kind: 'started'; work: 'audit' | 'evaluate'; submission: string; job: number }
  | { kind: 'progress'; submission: string; text: string }
  | { kind: 'audited'; submission: string; audit: ShownAudit }
  | { kind: 'evaluated'; submission: string; task: string; metric: string; value: number }
  | { kind: 'missing'; submission: string; missing: Missing }
  | { kind: 'refused'; submission: string; code: string; reason: string }
  /** The job is ended, whatever came of it; not told where it was stopped. */
  | { kind: 'finished'; work: 'audit' | 'evaluate'; submission: string; job: number };

export interface WorkOptions {
  signal?: AbortSignal;
  onEvent?: (event: IntakeEvent) => void;
  /** The office's key, where it is at hand: its audits are signed then, and others' add to them. */
  signer?: () => Promise<Signer | undefined>;
  /** Ends when there is no more work; else waits for more until `signal`. */
  untilEmpty: boolean;
}

export type WorkCounts = Record<'audited' | 'evaluated' | 'refused', number>;

/** Who says it in the log. */
const ACTOR = 'office:intake';
/** A job that was taken so often and never finished has killed its workers. */
const MAX_ATTEMPTS = 3;
const WAIT_MS = 1000;

const BLAMELESS = 'That says nothing about the run: ask the office, and submit it anew';
/** What is wrong with this machine and not with the submission. */
const OWN_TROUBLE: readonly string[] = [
  'disk-full',
  'disk-broken',
  'not-writable',
  'interrupted',
] satisfies ErrorCode[];

class Worker {
  readonly counts: WorkCounts = { audited: 0, evaluated: 0, refused: 0 };
  readonly #programme: Programme;
  readonly #files: string;
  readonly #options: WorkOptions;

  constructor(programme: Programme, files: string, options: WorkOptions) {
    this.#programme = programme;
    this.#files = files;
    this.#options = options;
  }

  #tell = (event: IntakeEvent): void => this.#options.onEvent?.(event);

  /** Does one job to its end: finished, failed, or, where it was stopped, given back. */
  async do(job: Job): Promise<void> {
    const { jobs } = this.#programme.store;
    if (job.kind !== 'audit' && job.kind !== 'evaluate')
      return jobs.fail(job.id, `this release knows no work of this kind: ${job.kind}`);
    await this.#programme.refresh();
    const submission = String(submissionOf(job));
    const row = this.#programme.tables.get('submissions', submission);
    if (!row) return jobs.fail(job.id, `there is no submission ${submission}`);
    if (!isOpen(this.#programme.tables, row)) return jobs.fail(job.id, `stage ${row.stage} is closed`);
    const temporary = join(this.#files, `job-${job.id}-${job.attempts}.tmp`);
    try {
      // What earlier takers left: they are dead.
      await this.#clear(job.id);
      makeFolder(temporary, 0o700);
      const task = { job, submission, row, temporary };
      const result = await (job.kind === 'audit' ? this.#audit(task) : this.#evaluate(task));
      if (result === undefined) await jobs.fail(job.id, 'stopped; it is asked for again when work goes on');
      else {
        await ('error' in result ? jobs.fail(job.id, result.error) : jobs.finish(job.id, result.result));
        this.#tell({ kind: 'finished', work: job.kind, submission, job: job.id });
      }
    } catch (error) {
      // Such as a full disk: the work is to be done when that is mended.
      await jobs.fail(job.id, error instanceof Error ? error.message : String(error)).catch(() => {});
      throw error;
    } finally {
      await this.#clear(job.id);
    }
  }

  async #audit(task: Task): Promise<Outcome> {
    const { submission, row } = task;
    if (row.status !== 'received') return this.#afterAudit(submission);
    const limits = this.#limits(row);
    const input: AuditWork = { files: this.#files, digest: row.digest, limits, register: await this.#register(task) };
    const onProgress = ({ check, fraction }: AuditProgress): void =>
      this.#tell({ kind: 'progress', submission, text: `${check} ${Math.floor(100 * fraction)}%` });
    const child = { what: 'audit', input, seconds: limits.auditSeconds, onProgress } as const;
    const ended = await this.#run<Audited, AuditProgress>(task, child);
    if (!ended.isDone) return ended.outcome;
    const { used, signable, ...found } = ended.result;
    const report = await this.#signed(signable);
    const data = { submission, ...found, ...(report !== undefined && { report }) } as unknown as Json;
    const entries = await this.#programme.recordOnce(ACTOR, (tables) =>
      stands(tables, submission, 'received')
        ? [{ kind: 'submission-audited', data }, ...reported(tables, submission, used)]
        : [],
    );
    if (entries.length > 0) {
      this.counts.audited++;
      this.#tell({ kind: 'audited', submission, audit: auditShown(this.#programme.tables, submission)! });
    }
    return this.#afterAudit(submission);
  }

  /** The office's register as a file, for the child; null before the office answered anything. */
  async #register({ temporary }: Task): Promise<string | null> {
    const text = registerText(this.#programme.tables);
    if (text === undefined) return null;
    const path = join(temporary, REGISTER_FILE);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  /** The audit as a statement of the office's; undefined where it has no key at hand, or there is nothing whole to sign. */
  async #signed(found: Signable): Promise<string | undefined> {
    const [programme] = this.#programme.tables.all('programmes');
    const { genesis, seal, head, maker } = found.run;
    if (!programme?.officeKey || !(genesis && seal && head && maker)) return undefined;
    const signer = await this.#options.signer?.();
    // An office that made the run itself has nothing to add to it by signing.
    if (signer?.fingerprint !== programme.officeKey || signer.fingerprint === maker) return undefined;
    const text = signAudit(found, signer);
    return text.length <= MAX_REPORT ? text : undefined;
  }

  /** What the log says was audited and not refuted is to be evaluated. */
  async #afterAudit(submission: string): Promise<Outcome> {
    const { tables } = this.#programme;
    if (isToEvaluate(this.#programme, submission))
      await addMissingJobs(this.#programme, [tables.get('submissions', submission)!]);
    return { result: { verdict: tables.get('audits', submission)?.verdict ?? null } };
  }

  async #evaluate(task: Task): Promise<Outcome> {
    const { submission, row } = task;
    const { tables } = this.#programme;
    if (!isToEvaluate(this.#programme, submission)) return { result: { missing: [] } };
    const tasks = tasksOf(bookOfStage(tables, row.stage))
      .filter((one) => !isEvaluated(tables, submission, one))
      .map(({ task: name, metric, digest }) => ({ task: name, metric, digest }));
    const input: EvaluateWork = { files: this.#files, digest: row.digest, tasks };
    const missing: Missing[] = [];
    // Each is in the log before the next is waited for; the first failure to write ends the work.
    let written: Promise<unknown> = Promise.resolve();
    const onProgress = (progress: TaskProgress): void => {
      written = written.then(() => this.#record(submission, progress, missing));
      written.catch(() => {}); // it is thrown below
    };
    const child = { what: 'evaluation', input, seconds: this.#limits(row).evalSeconds, onProgress } as const;
    const ended = await this.#run<null, TaskProgress>(task, child, () => written);
    return ended.isDone ? { result: { missing: missing as unknown as Json } } : ended.outcome;
  }

  /** What one task gave, into the log; what gave nothing is added to `missing`. */
  async #record(submission: string, progress: TaskProgress, missing: Missing[]): Promise<void> {
    const { task, metric } = progress;
    if ('failure' in progress) {
      const { code, message, input } = progress.failure;
      if (OWN_TROUBLE.includes(code))
        throw JikjiError.received({ code, message, input, hint: 'mend it, then let the work go on' });
      const found: Missing = { task, metric, code, message: this.#words(progress.failure) };
      missing.push(found);
      return this.#tell({ kind: 'missing', submission, missing: found });
    }
    const entries = await this.#programme.recordOnce(ACTOR, (tables) =>
      stands(tables, submission, 'audited') && !isEvaluated(tables, submission, progress)
        ? [evaluated(submission, progress, progress.result)]
        : [],
    );
    if (entries.length === 0) return;
    this.counts.evaluated++;
    this.#tell({ kind: 'evaluated', submission, task, metric, value: progress.result.value });
  }

  /** Runs the child of an audit or an evaluation; `settled` is waited for before anything is said of its end. */
  async #run<Result, Progress>(
    task: Task,
    { what, input, seconds, onProgress }: ChildWork<Progress>,
    settled?: () => Promise<unknown>,
  ): Promise<{ isDone: true; result: Result } | { isDone: false; outcome: Outcome }> {
    const { job, submission, temporary } = task;
    if (job.attempts > MAX_ATTEMPTS) {
      const reason = `its ${what} ended the office's worker ${MAX_ATTEMPTS} times. ${BLAMELESS}`;
      return { isDone: false, outcome: await this.#refuse(task, `${what}-kills` satisfies ErrorCode, reason) };
    }
    const work = what === 'audit' ? 'audit' : 'evaluate';
    this.#tell({ kind: 'started', work, submission, job: job.id });
    const ended = await runChild<Result, Progress>(childScript(import.meta.url, work), input, {
      seconds,
      onProgress,
      settings: childSettings(temporary),
      bytes: MAX_CHILD_BYTES,
      signal: this.#options.signal,
    });
    await settled?.();
    if (ended.how === 'done') return { isDone: true, result: ended.result };
    return { isDone: false, outcome: await this.#ended(task, ended, what, seconds) };
  }

  #limits(row: Row<'submissions'>): Limits {
    const { limits } = bookOfStage(this.#programme.tables, row.stage);
    if (!limits) throw new Error(`a submission in ${row.stage}, which takes none`);
    return limits;
  }

  /** What did not come to its end. */
  async #ended(
    task: Task,
    ended: Exclude<ChildOutcome<unknown>, { how: 'done' }>,
    what: ChildWork<unknown>['what'],
    seconds: number,
  ): Promise<Outcome> {
    if (ended.how === 'stopped') return undefined;
    if (ended.how === 'failed') {
      const { code } = ended.failure;
      if (OWN_TROUBLE.includes(code)) throw JikjiError.received(ended.failure);
      return this.#refuse(task, code, this.#words(ended.failure));
    }
    const reasons: Record<typeof ended.how, [code: ErrorCode, reason: string]> = {
      'too-long': [`${what}-too-long`, `its ${what} took longer than the ${seconds} seconds that the rule book allows`],
      'too-big': [`${what}-too-big`, `its ${what} took more memory than the office gives to one`],
      // Nobody can tell a bug of ours from a file that was made to cause it, and a stage cannot wait for ever: it is refused, in
      // words that blame nobody. What the process said is kept with the job.
      crashed: [`${what}-crashed`, `its ${what} ended unexpectedly. ${BLAMELESS}`],
    };
    const refused = await this.#refuse(task, ...reasons[ended.how]);
    return ended.how === 'crashed' ? { error: ended.text } : refused;
  }

  /** Only what still stands where the work found it: another job may have come to its end meanwhile. */
  async #refuse({ submission, row }: Task, code: string, reason: string): Promise<Outcome> {
    const entries = await this.#programme.recordOnce(ACTOR, (tables) =>
      stands(tables, submission, row.status)
        ? [{ kind: 'submission-refused', data: { submission, code, reason } }]
        : [],
    );
    if (entries.length > 0) {
      this.counts.refused++;
      this.#tell({ kind: 'refused', submission, code, reason });
    }
    return { error: `${code}: ${reason}` };
  }

  /** For the log, which anybody may read: where things lie in the office is nobody's business. */
  #words({ message, input }: { message: string; input: string }): string {
    const words = input.includes(this.#files) ? message : `${message} (${input})`;
    return words.replaceAll(this.#files, '…').replace(/\0/g, '').toWellFormed().slice(0, 10_000).toWellFormed();
  }

  async #clear(job: number): Promise<void> {
    makeFolder(this.#files, 0o700);
    for (const name of await readdir(this.#files))
      if (name.startsWith(`job-${job}-`)) await rm(join(this.#files, name), { recursive: true, force: true });
  }
}

interface Task {
  job: Job;
  submission: string;
  /** As it stood when the work began. */
  row: Row<'submissions'>;
  temporary: string;
}

interface ChildWork<Progress> extends Pick<ChildOptions<Progress>, 'seconds' | 'onProgress'> {
  what: 'audit' | 'evaluation';
  input: object;
}

/** Undefined where it was stopped. */
type Outcome = { result: Json } | { error: string } | undefined;

function isToEvaluate({ tables }: Programme, submission: string): boolean {
  return stands(tables, submission, 'audited') && tables.get('audits', submission)?.verdict !== 'refuted';
}

const isOpen = (tables: Tables, { stage }: Row<'submissions'>): boolean =>
  tables.get('stages', stage)?.status === 'open';

/** Whether a submission still is where the work found it, in a stage that is open. */
function stands(tables: Tables, submission: string, status: Row<'submissions'>['status']): boolean {
  const row = tables.get('submissions', submission);
  return row !== undefined && row.status === status && isOpen(tables, row);
}

/** The next step of these submissions, where nobody was asked for it: its job was lost between two writes, stopped, or not in a backup. */
async function addMissingJobs(programme: Programme, submissions: readonly Row<'submissions'>[]): Promise<void> {
  const jobs = await programme.store.jobs.list();
  // One that failed was stopped; or the submission is refused, and needs none.
  const current = jobs.filter(({ status }) => status !== 'failed');
  const known = new Set(current.map((job) => `${job.kind} ${submissionOf(job)}`));
  for (const { id, status } of submissions) {
    const kind = status === 'received' ? 'audit' : isToEvaluate(programme, id) ? 'evaluate' : undefined;
    if (kind && !known.has(`${kind} ${id}`)) await programme.store.jobs.add(kind, { submission: id });
  }
}

/**
 * Takes jobs and does them, one at a time, until there are none or `signal` comes. Several may work at once, here and elsewhere:
 * each job is done by one of them.
 * @throws JikjiError for what is wrong with this machine or its database; the job is then asked for again next time
 */
export async function work(programme: Programme, files: string, options: WorkOptions): Promise<WorkCounts> {
  const worker = new Worker(programme, files, options);
  const { signal, untilEmpty } = options;
  await programme.refresh();
  const { tables } = programme;
  await addMissingJobs(
    programme,
    [...tables.all('submissions')].filter((row) => isOpen(tables, row)),
  );
  while (!signal?.aborted) {
    const job = await programme.store.jobs.take(new Date());
    if (job) await worker.do(job);
    else if (untilEmpty) break;
    else await setTimeout(WAIT_MS, undefined, signal ? { signal } : {}).catch(() => {});
  }
  return worker.counts;
}
