// The office's worker for submissions: runs jobs one at a time, each in a child. It can be killed at any point: an unfinished job is
// taken again, nothing is written to the log twice, and a waiting submission without a job gets one.

import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type ChildOptions,
  type ChildOutcome,
  childScript,
  childSettings,
  MAX_CHILD_BYTES,
  runChild,
} from '../../apart/index.ts';
import { type Signable, signAudit } from '../../audit/index.ts';
import { JikjiError, makeFolder } from '../../base/index.ts';
import type { Json, Signer } from '../../ledger/index.ts';
import { auditShown, type ShownAudit } from '../audits/index.ts';
import type { Job } from '../database/index.ts';
import { type Programme, submissionOfJob } from '../programme/index.ts';
import { type Limits, tasksOf } from '../rules/index.ts';
import { bookOfStage, type ExpectedPair, MAX_REPORT, type Row, registerText, type Tables } from '../state/index.ts';
import type { Audited, AuditProgress, AuditWork } from './audit.child.ts';
import { comparedEntries, comparePair, failed, waitingPairs } from './compare.ts';
import type { ComparedEntry } from './comparison.ts';
import { type EvaluateWork, evaluationProposal, isEvaluated, type Missing, type TaskProgress } from './evaluation.ts';
import { type FailedWork, failureOf, isOfMachine, killedWork, publicText } from './failures.ts';
import { REGISTER_FILE } from './office-register.ts';
import { usageProposals } from './usage.ts';

const WORKS = ['audit', 'evaluate', 'compare'] as const;
type Work = (typeof WORKS)[number];

export type IntakeEvent =
  | { kind: 'started'; work: Work; submission: string; job: number }
  | { kind: 'progress'; submission: string; text: string }
  | { kind: 'audited'; submission: string; audit: ShownAudit }
  | { kind: 'evaluated'; submission: string; task: string; metric: string; value: number }
  | ({ kind: 'compared' } & ExpectedPair & Pick<ComparedEntry, 'found' | 'failure'>)
  | { kind: 'missing'; submission: string; missing: Missing }
  | { kind: 'refused'; submission: string; code: string; reason: string }
  /** The job has ended, with or without success; not sent for a stopped job. */
  | { kind: 'finished'; work: Work; submission: string; job: number };

export interface WorkOptions {
  signal?: AbortSignal;
  onEvent?: (event: IntakeEvent) => void;
  /** The office's key if available: the office's audits are then signed, and audits of other parties can be joined with them. */
  signer?: () => Promise<Signer | undefined>;
  /** True: ends when the queue is empty. False: waits for more jobs until `signal`. */
  untilEmpty: boolean;
}

export type WorkCounts = Record<'audited' | 'evaluated' | 'compared' | 'refused', number>;

/** Actor in the log. */
const ACTOR = 'office:intake';
/** A job that was taken more often and never finished is assumed to kill its worker. */
const MAX_ATTEMPTS = 3;
const WAIT_MS = 1000;

class Worker {
  readonly counts: WorkCounts = { audited: 0, evaluated: 0, compared: 0, refused: 0 };
  readonly #programme: Programme;
  readonly #files: string;
  readonly #options: WorkOptions;

  constructor(programme: Programme, files: string, options: WorkOptions) {
    this.#programme = programme;
    this.#files = files;
    this.#options = options;
  }

  #tell = (event: IntakeEvent): void => this.#options.onEvent?.(event);

  /** Runs one job. Afterwards it is finished or failed; a stopped job counts as failed and is queued again later. */
  async runJob(job: Job): Promise<void> {
    const { jobs } = this.#programme.store;
    const work = WORKS.find((one) => one === job.kind);
    if (work === undefined) return jobs.fail(job.id, `this release does not know this kind of job: ${job.kind}`);
    await this.#programme.refresh();
    const submission = String(submissionOfJob(job));
    const row = this.#programme.tables.get('submissions', submission);
    if (!row) return jobs.fail(job.id, `there is no submission ${submission}`);
    if (!isOpen(this.#programme.tables, row)) return jobs.fail(job.id, `stage ${row.stage} is closed`);
    const temporary = join(this.#files, `job-${job.id}-${job.attempts}.tmp`);
    try {
      // Removes files of earlier attempts, whose workers are dead.
      await this.#clear(job.id);
      makeFolder(temporary, 0o700);
      const task = { job, submission, row, temporary };
      const result = await this.#do(work, task);
      if (result === undefined) await jobs.fail(job.id, 'stopped; it is queued again when work continues');
      else {
        await ('error' in result ? jobs.fail(job.id, result.error) : jobs.finish(job.id, result.result));
        this.#tell({ kind: 'finished', work, submission, job: job.id });
      }
    } catch (error) {
      // For example a full disk: the job is queued again later.
      await jobs.fail(job.id, error instanceof Error ? error.message : String(error)).catch(() => {});
      throw error;
    } finally {
      await this.#clear(job.id);
    }
  }

  #do(work: Work, task: Task): Promise<Outcome> {
    if (work === 'audit') return this.#audit(task);
    return work === 'evaluate' ? this.#evaluate(task) : this.#compare(task);
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
    const report = signable && (await this.#signed(signable));
    const data = { submission, ...found, ...(report !== undefined && { report }) } as unknown as Json;
    const entries = await this.#programme.recordOnce(ACTOR, (tables) =>
      hasStatus(tables, submission, 'received')
        ? [{ kind: 'submission-audited', data }, ...usageProposals(tables, submission, used)]
        : [],
    );
    if (entries.length > 0) {
      this.counts.audited++;
      this.#tell({ kind: 'audited', submission, audit: auditShown(this.#programme.tables, submission)! });
    }
    return this.#afterAudit(submission);
  }

  /** Writes the office's register to a file for the child; null before the office's first answer. */
  async #register({ temporary }: Task): Promise<string | null> {
    const text = registerText(this.#programme.tables);
    if (text === undefined) return null;
    const path = join(temporary, REGISTER_FILE);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  /** The audit as a signed statement of the office; undefined without a key, or without complete evidence. */
  async #signed(found: Signable): Promise<string | undefined> {
    const [programme] = this.#programme.tables.all('programmes');
    const { genesis, seal, head, maker } = found.run;
    if (!programme?.officeKey || !(genesis && seal && head && maker)) return undefined;
    const signer = await this.#options.signer?.();
    // A maker's signature on the audit of its own run proves nothing.
    if (signer?.fingerprint !== programme.officeKey || signer.fingerprint === maker) return undefined;
    const text = signAudit(found, signer);
    return text.length <= MAX_REPORT ? text : undefined;
  }

  /** Queues the evaluation of an audited submission that is not refuted, and the comparisons of its weights. */
  async #afterAudit(submission: string): Promise<Outcome> {
    const { tables } = this.#programme;
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
    // Results are written in order; the first failed write ends the work.
    let written: Promise<unknown> = Promise.resolve();
    const onProgress = (progress: TaskProgress): void => {
      written = written.then(() => this.#record(submission, progress, missing));
      written.catch(() => {}); // awaited below, where it throws
    };
    const child = { what: 'evaluation', input, seconds: this.#limits(row).evalSeconds, onProgress } as const;
    const ended = await this.#run<null, TaskProgress>(task, child, () => written);
    return ended.isDone ? { result: { missing: missing as unknown as Json } } : ended.outcome;
  }

  /** Writes the result of one task to the log; a failure is added to `missing`. */
  async #record(submission: string, progress: TaskProgress, missing: Missing[]): Promise<void> {
    const { task, metric } = progress;
    if ('failure' in progress) {
      const { code, message, input } = progress.failure;
      if (isOfMachine(code))
        throw JikjiError.received({ code, message, input, hint: 'solve it, then continue the work' });
      const found: Missing = { task, metric, code, message: publicText(this.#files, progress.failure) };
      missing.push(found);
      return this.#tell({ kind: 'missing', submission, missing: found });
    }
    const entries = await this.#programme.recordOnce(ACTOR, (tables) =>
      hasStatus(tables, submission, 'audited') && !isEvaluated(tables, submission, progress)
        ? [evaluationProposal(submission, progress, progress.result)]
        : [],
    );
    if (entries.length === 0) return;
    this.counts.evaluated++;
    this.#tell({ kind: 'evaluated', submission, task, metric, value: progress.result.value });
  }

  /** Runs the child of an audit or an evaluation, and awaits `settled` before it handles the child's end. */
  async #run<Result, Progress>(
    task: Task,
    { what, input, seconds, onProgress }: ChildWork<Progress>,
    settled?: () => Promise<unknown>,
  ): Promise<{ isDone: true; result: Result } | { isDone: false; outcome: Outcome }> {
    const { job, submission, temporary } = task;
    if (job.attempts > MAX_ATTEMPTS) {
      return { isDone: false, outcome: await this.#refuse(task, killedWork(what, MAX_ATTEMPTS)) };
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
    return { isDone: false, outcome: await this.#closeUnfinished(task, ended, what, seconds) };
  }

  /** Compares all pairs of a submission that wait. A pair over which workers ended is recorded as not possible, and the next one follows. */
  async #compare(task: Task): Promise<Outcome> {
    const { job, submission, temporary } = task;
    const { tables } = this.#programme;
    let attempts = job.attempts;
    for (let pair = waitingPairs(tables, submission)[0]; pair; pair = waitingPairs(tables, submission)[0]) {
      this.#tell({ kind: 'started', work: 'compare', submission, job: job.id });
      const result = await (attempts > MAX_ATTEMPTS
        ? failed(killedWork('comparison', MAX_ATTEMPTS))
        : comparePair(
            {
              programme: this.#programme,
              files: this.#files,
              temporary,
              signal: this.#options.signal,
              signer: async () => this.#options.signer?.(),
              onPart: (text) => this.#tell({ kind: 'progress', submission, text }),
            },
            pair,
          ));
      if (!result) return undefined;
      attempts = 1;
      const compared = pair;
      const entries = await this.#programme.recordOnce(ACTOR, (now) =>
        hasStatus(now, submission, 'audited') ? comparedEntries(now, compared, result) : [],
      );
      if (entries.length === 0) break; // another worker was faster, or the stage has closed
      this.counts.compared++;
      this.#tell({ kind: 'compared', ...pair, found: result.found, failure: result.failure });
    }
    return { result: null };
  }

  #limits(row: Row<'submissions'>): Limits {
    const { limits } = bookOfStage(this.#programme.tables, row.stage);
    if (!limits) throw new Error(`a submission in ${row.stage}, which takes none`);
    return limits;
  }

  /** Handles a child that did not complete. */
  async #closeUnfinished(
    task: Task,
    ended: Exclude<ChildOutcome<unknown>, { how: 'done' }>,
    what: ChildWork<unknown>['what'],
    seconds: number,
  ): Promise<Outcome> {
    if (ended.how === 'stopped') return undefined;
    const refused = await this.#refuse(task, failureOf(ended, { what, seconds, files: this.#files }));
    // The output of the process is kept with the job.
    return ended.how === 'crashed' ? { error: ended.text } : refused;
  }

  /** Refuses a submission if its status has not changed since the work began: another job may have ended meanwhile. */
  async #refuse({ submission, row }: Task, { code, message: reason, messageKo }: FailedWork): Promise<Outcome> {
    const data = { submission, code, reason, ...(messageKo !== undefined && { reasonKo: messageKo }) };
    const entries = await this.#programme.recordOnce(ACTOR, (tables) =>
      hasStatus(tables, submission, row.status) ? [{ kind: 'submission-refused', data }] : [],
    );
    if (entries.length > 0) {
      this.counts.refused++;
      this.#tell({ kind: 'refused', submission, code, reason });
    }
    return { error: `${code}: ${reason}` };
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
  /** The row when the work began. */
  row: Row<'submissions'>;
  temporary: string;
}

interface ChildWork<Progress> extends Pick<ChildOptions<Progress>, 'seconds' | 'onProgress'> {
  what: 'audit' | 'evaluation';
  input: object;
}

/** Undefined: stopped. */
type Outcome = { result: Json } | { error: string } | undefined;

function isToEvaluate({ tables }: Programme, submission: string): boolean {
  const audit = tables.get('audits', submission);
  // A run of another program holds no model that could be loaded here.
  return hasStatus(tables, submission, 'audited') && audit?.verdict !== 'refuted' && !audit?.witness;
}

const isOpen = (tables: Tables, { stage }: Row<'submissions'>): boolean =>
  tables.get('stages', stage)?.status === 'open';

/** Whether a submission still has this status and its stage is open. */
function hasStatus(tables: Tables, submission: string, status: Row<'submissions'>['status']): boolean {
  const row = tables.get('submissions', submission);
  return row !== undefined && row.status === status && isOpen(tables, row);
}

/** Queues the next job of submissions without one: it was lost between two writes, stopped, or not in a backup. */
async function addMissingJobs(programme: Programme, submissions: readonly Row<'submissions'>[]): Promise<void> {
  const jobs = await programme.store.jobs.list();
  // A failed job was stopped, or its submission is refused and needs no job.
  const current = jobs.filter(({ status }) => status !== 'failed');
  const known = new Set(current.map((job) => `${job.kind} ${submissionOfJob(job)}`));
  for (const { id, status } of submissions) {
    const needed: Work[] = status === 'received' ? ['audit'] : isToEvaluate(programme, id) ? ['evaluate'] : [];
    for (const kind of needed)
      if (!known.has(`${kind} ${id}`)) await programme.store.jobs.add(kind, { submission: id });
    // Again after one that is done: a submission that came before may have been audited after it.
    const isQueued = current.some(
      (job) => job.kind === 'compare' && job.status !== 'done' && submissionOfJob(job) === id,
    );
    if (!isQueued && waitingPairs(programme.tables, id).length > 0)
      await programme.store.jobs.add('compare', { submission: id });
  }
}

/**
 * Runs jobs one at a time, until the queue is empty or `signal` aborts. Several workers may run at once, on several machines: each job is
 * taken by one of them.
 * @throws JikjiError for errors of this machine or its database; the job is queued again next time
 */
export async function work(programme: Programme, files: string, options: WorkOptions): Promise<WorkCounts> {
  const worker = new Worker(programme, files, options);
  const { signal, untilEmpty } = options;
  await programme.refresh();
  const { tables } = programme;
  await addMissingJobs(
    programme,
    tables.all('submissions').filter((row) => isOpen(tables, row)),
  );
  while (!signal?.aborted) {
    const job = await programme.store.jobs.take(new Date());
    if (job) await worker.runJob(job);
    else if (untilEmpty) break;
    else await setTimeout(WAIT_MS, undefined, signal ? { signal } : {}).catch(() => {});
  }
  return worker.counts;
}
