// Audits of this machine's runs, each in a child process: starts them, reports their progress, keeps the latest results.

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ChildOutcome } from '../../apart/index.ts';
import { childScript, MAX_CHILD_BYTES, runChild } from '../../apart/index.ts';
import { forgetAudit, type RunAudit } from '../../audit/index.ts';
import type { Failure } from '../../base/index.ts';
import { JikjiError } from '../../base/index.ts';
import { GENESIS, SEAL, TRANSCRIPT } from '../../run-folder/index.ts';
import type { Audited, AuditWork, Progress } from './audit.child.ts';
import { type AuditResult, auditsOfSeal, notedAuditOf, resultsOf } from './audit-results.ts';
import { fileMarks } from './file-marks.ts';
import type { Listing } from './listing.ts';
import type { ChildrenOptions } from './models.ts';
import * as refuse from './refusals.ts';

const FAILURES = {
  'too-long': refuse.auditTooLong,
  'too-big': refuse.auditTooBig,
  stopped: refuse.auditStopped,
  crashed: refuse.auditCrashed,
};

/** @param changed whether the run's files changed meanwhile */
function failureOf(ended: ChildOutcome<unknown>, changed: boolean, input: string): Failure {
  if (ended.how === 'failed' && !changed) return ended.failure;
  const isChanged = changed || ended.how === 'done' || ended.how === 'failed';
  return (isChanged ? refuse.runChanged : FAILURES[ended.how])(input).failure;
}

/** Limit of one audit. A long run is audited in parts. */
const MAX_SECONDS = 24 * 3600;
const MAX_AT_ONCE = 2;
/** Ended audits that are kept: so many that refute, and so many others. No later one drives a refutation out. */
const MAX_ENDED = 50;
/** Results of a run that a page shows. */
const MAX_SHOWN = 20;
/** Files that change if a run continues or starts again. */
const RUN_FILES = [GENESIS, TRANSCRIPT, SEAL];

export interface Audit extends Audited {
  id: string;
  /** Id of the run. */
  run: string;
  state: 'running' | 'done' | 'failed';
  started: string;
  ended: string | null;
  progress: Progress | null;
  error: Failure | null;
}

export interface RunAudits {
  running: Audit | null;
  failed: Audit | null;
  /** `current`: the run's files are those that were audited. */
  last: { audit: Audit; current: boolean } | null;
  /** What is known of the run by audits of its files as they are: those that refute it first, then the newest first. */
  results: AuditResult[];
}

/** The result before the audit has ended. */
const NO_RESULT: Audited = {
  ...{ verdict: null, witnessed: false, standing: null, claim: null, detection: null, seal: null },
  ...{ checks: [], replayed: [] },
};

export class Audits {
  readonly #listing: Listing;
  readonly #options: ChildrenOptions;
  readonly #audits = new Map<string, Audit>();
  readonly #running = new Set<Promise<void>>();
  /** Ends a running audit, by its id. */
  readonly #enders = new Map<string, AbortController>();
  /** Marks of the run's files when an audit began, by its id. */
  readonly #marks = new Map<string, string>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(listing: Listing, options: ChildrenOptions) {
    this.#listing = listing;
    this.#options = options;
  }

  /**
   * Starts an audit, or returns the running audit of this run. `replay`: number of random segments that are trained again, or all; of a run
   * of another program none can be.
   * @throws JikjiError `run-unknown`, `run-running`, `run-gone`, `run-witnessed`, `too-many`
   */
  start(run: string, { replay }: { replay?: AuditWork['replay'] | undefined }): Audit {
    const folder = this.#listing.folder(run);
    const { state, witnessed } = this.#listing.info(run);
    const running = [...this.#audits.values()].filter((one) => one.state === 'running');
    const same = running.find((one) => one.run === run);
    if (same) return structuredClone(same);
    if (state === 'running') throw refuse.stillMade(folder);
    if (state === 'gone') throw refuse.folderGone(folder);
    if (witnessed && replay !== undefined && replay !== 0) throw refuse.ofAnotherProgram(folder);
    if (running.length >= MAX_AT_ONCE || this.#options.ending.aborted)
      throw refuse.auditsRunning(folder, running.length);
    const times = { started: new Date().toISOString(), ended: null, progress: null };
    const audit: Audit = { id: randomUUID(), run, state: 'running', ...times, ...NO_RESULT, error: null };
    this.#audits.set(audit.id, audit);
    const work = this.#run(audit, folder, replay).finally(() => this.#running.delete(work));
    this.#running.add(work);
    return structuredClone(audit);
  }

  /** @throws JikjiError `audit-unknown` */
  get(id: string): Audit {
    const audit = this.#audits.get(id);
    if (audit) return structuredClone(audit);
    throw refuse.noAudit(id);
  }

  /** All that is known here of audits of a run with this seal, as of `ofRun`; the newest first. @throws JikjiError `run-unknown` */
  ofSeal(run: string, seal: string): RunAudit[] {
    const all = [...this.#audits.values()].filter((one) => one.run === run);
    return structuredClone(auditsOfSeal(all, notedAuditOf(this.#listing.folder(run)), seal));
  }

  /**
   * What is known here of the audits of a run: the one that is running, the latest that failed if none came after it, the latest
   * result (of those of the files as they are now one that refutes, if there is any), and all results. They are kept until the server ends.
   * @throws JikjiError `run-unknown`
   */
  ofRun(run: string): RunAudits {
    const folder = this.#listing.folder(run);
    const now = fileMarks(folder, RUN_FILES).join();
    const all = [...this.#audits.values()].filter((one) => one.run === run);
    const isCurrent = ({ id }: Audit): boolean => this.#marks.get(id) === now;
    const done = all.filter(({ state }) => state === 'done');
    const last = done.findLast((one) => one.verdict === 'refuted' && isCurrent(one)) ?? done.at(-1);
    const newest = all.findLast(({ state }) => state !== 'running');
    return structuredClone({
      running: all.find(({ state }) => state === 'running') ?? null,
      failed: newest?.state === 'failed' ? newest : null,
      last: last ? { audit: last, current: isCurrent(last) } : null,
      results: resultsOf(done.filter(isCurrent), notedAuditOf(folder)).slice(0, MAX_SHOWN),
    });
  }

  /** Ends a running audit; one that has ended stays as it is. Returns it once its process is gone. @throws JikjiError `audit-unknown` */
  async stop(id: string): Promise<Audit> {
    this.get(id);
    this.#enders.get(id)?.abort();
    for await (const _ of this.follow(id, new AbortController().signal));
    return this.get(id);
  }

  /** Yields the audit now and after each change, until it has ended or the signal aborts. @throws JikjiError `audit-unknown` */
  follow(id: string, signal: AbortSignal): AsyncGenerator<Audit> {
    this.get(id);
    return this.#follow(id, signal);
  }

  async *#follow(id: string, signal: AbortSignal): AsyncGenerator<Audit> {
    let sent = '';
    while (!signal.aborted) {
      const audit = this.get(id);
      const now = JSON.stringify(audit);
      if (now !== sent) {
        sent = now;
        yield audit;
      } else if (audit.state !== 'running') return;
      else await once(this.#changes, 'change', { signal }).catch(() => {});
    }
  }

  /** Waits until all audits have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(audit: Audit, folder: string, replay: AuditWork['replay']): Promise<void> {
    const before = fileMarks(folder, RUN_FILES).join();
    const ender = new AbortController();
    this.#enders.set(audit.id, ender);
    this.#marks.set(audit.id, before);
    const { threads, settings, ending } = this.#options;
    const work: AuditWork = { folder, replay, threads };
    const ended = await runChild<Audited, Progress>(childScript(import.meta.url, 'audit'), work, {
      settings: settings(),
      seconds: MAX_SECONDS,
      bytes: MAX_CHILD_BYTES,
      signal: AbortSignal.any([ending, ender.signal]),
      onProgress: (progress) => {
        audit.progress = progress;
        this.#changes.emit('change');
      },
    });
    this.#enders.delete(audit.id);
    audit.ended = new Date().toISOString();
    audit.state = 'done';
    // A result is of no run if its files changed meanwhile.
    const changed = fileMarks(folder, RUN_FILES).join() !== before || this.#isRunning(audit.run);
    if (ended.how === 'done' && !changed) Object.assign(audit, ended.result);
    else {
      audit.state = 'failed';
      audit.error = failureOf(ended, changed, folder);
    }
    if (audit.verdict === 'refuted') forgetAudit(folder);
    this.#dropOld();
    this.#changes.emit('change');
  }

  #dropOld(): void {
    const all = [...this.#audits.values()].filter(({ state }) => state !== 'running');
    const old = [true, false].flatMap((refuted) =>
      all.filter(({ verdict }) => (verdict === 'refuted') === refuted).slice(0, -MAX_ENDED),
    );
    for (const { id } of old) {
      this.#audits.delete(id);
      this.#marks.delete(id);
    }
  }

  #isRunning(run: string): boolean {
    try {
      return this.#listing.info(run).state === 'running';
    } catch (error) {
      if (error instanceof JikjiError) return false; // it is no longer listed
      throw error;
    }
  }
}
