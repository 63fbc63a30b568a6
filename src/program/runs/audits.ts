// Audits of this machine's runs, each in a process of its own: begun, told how far they are, kept for a while when they are done.

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { type ChildOutcome, childScript, MAX_CHILD_BYTES, runChild } from '../../apart/index.ts';
import { type ErrorCode, type Failure, JikjiError } from '../../base/index.ts';
import { GENESIS, SEAL, TRANSCRIPT } from '../../run-folder/index.ts';
import type { Audited, AuditWork, Progress } from './audit.child.ts';
import { fileMarks } from './file-marks.ts';
import type { Listing } from './listing.ts';
import type { ChildrenOptions } from './models.ts';

/** A long run is trained again in parts. */
const MAX_SECONDS = 24 * 3600;
const MAX_AT_ONCE = 2;
/** Audits that are remembered when they have ended. */
const MAX_ENDED = 50;
/** What changes where a run goes on or is begun anew. */
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

/** What there is before there is a verdict. */
const NOTHING: Audited = { verdict: null, standing: null, claim: null, checks: [], replayed: [], detection: null };

export class Audits {
  readonly #listing: Listing;
  readonly #options: ChildrenOptions;
  readonly #audits = new Map<string, Audit>();
  readonly #running = new Set<Promise<void>>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(listing: Listing, options: ChildrenOptions) {
    this.#listing = listing;
    this.#options = options;
  }

  /**
   * Begins an audit, or gives the one of this run that is being done. `replay`: how many stretches that are drawn at random are trained
   * again, or all.
   * @throws JikjiError `run-unknown`, `run-running`, `run-gone`, `too-many`
   */
  start(run: string, { replay }: { replay?: AuditWork['replay'] | undefined }): Audit {
    const folder = this.#listing.folder(run);
    const { state } = this.#listing.info(run);
    const running = [...this.#audits.values()].filter((one) => one.state === 'running');
    const same = running.find((one) => one.run === run);
    if (same) return structuredClone(same);
    const fail = (code: ErrorCode, message: string, hint: string) => new JikjiError(code, message, folder, hint);
    if (state === 'running')
      throw fail('run-running', 'this run is still being made', 'audit it when it is finished: it has no seal yet');
    if (state === 'gone') throw fail('run-gone', 'the folder of this run is gone', 'bring it back to its place');
    if (running.length >= MAX_AT_ONCE || this.#options.ending.aborted)
      throw fail('too-many', `${running.length} audits are being done already`, 'wait until one of them has ended');
    const times = { started: new Date().toISOString(), ended: null, progress: null };
    const audit: Audit = { id: randomUUID(), run, state: 'running', ...times, ...NOTHING, error: null };
    this.#audits.set(audit.id, audit);
    const work = this.#do(audit, folder, replay).finally(() => this.#running.delete(work));
    this.#running.add(work);
    return structuredClone(audit);
  }

  /** @throws JikjiError `audit-unknown` */
  get(id: string): Audit {
    const audit = this.#audits.get(id);
    if (audit) return structuredClone(audit);
    throw new JikjiError('audit-unknown', 'there is no such audit', id, 'begin one: only the latest are kept');
  }

  /** The audit as it is, then each time something has changed, until it has ended or for the signal. @throws JikjiError `audit-unknown` */
  follow(id: string, signal: AbortSignal): AsyncGenerator<Audit> {
    this.get(id);
    return this.#follow(id, signal);
  }

  async *#follow(id: string, signal: AbortSignal): AsyncGenerator<Audit> {
    let told = '';
    while (!signal.aborted) {
      const audit = this.get(id);
      const now = JSON.stringify(audit);
      if (now !== told) {
        told = now;
        yield audit;
      } else if (audit.state !== 'running') return;
      else await once(this.#changes, 'change', { signal }).catch(() => {});
    }
  }

  /** When all have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #do(audit: Audit, folder: string, replay: AuditWork['replay']): Promise<void> {
    const before = fileMarks(folder, RUN_FILES).join();
    const { threads, settings, ending } = this.#options;
    const work: AuditWork = { folder, replay, threads };
    const ended = await runChild<Audited, Progress>(childScript(import.meta.url, 'audit'), work, {
      settings: settings(),
      seconds: MAX_SECONDS,
      bytes: MAX_CHILD_BYTES,
      signal: ending,
      onProgress: (progress) => {
        audit.progress = progress;
        this.#changes.emit('change');
      },
    });
    audit.ended = new Date().toISOString();
    audit.state = 'done';
    // What was read while it changed was never one run.
    const changed = fileMarks(folder, RUN_FILES).join() !== before || this.#isRunning(audit.run);
    if (ended.how === 'done' && !changed) Object.assign(audit, ended.result);
    else {
      audit.state = 'failed';
      audit.error = failureOf(ended, changed, folder);
    }
    const old = [...this.#audits.values()].filter(({ state }) => state !== 'running').slice(0, -MAX_ENDED);
    for (const { id } of old) this.#audits.delete(id);
    this.#changes.emit('change');
  }

  #isRunning(run: string): boolean {
    try {
      return this.#listing.info(run).state === 'running';
    } catch (error) {
      if (error instanceof JikjiError) return false; // it is no longer in the list
      throw error;
    }
  }
}

/** How an audit ended that came to no verdict: code, message and hint. */
const FAILURES = {
  // Done, of a run that was no longer the same.
  done: ['run-changed', 'the run changed while it was audited', 'audit it when nobody works on it'],
  'too-long': ['audit-too-long', 'the audit took longer than a day', 'audit it on the command line: jikji audit'],
  'too-big': ['audit-too-big', 'the audit took more memory than there is for one', 'use a larger machine'],
  stopped: ['interrupted', 'the audit was stopped', 'begin it anew: an audit leaves nothing behind'],
  crashed: ['audit-crashed', 'the audit ended unexpectedly', 'see what jikji audit says of this run'],
} as const satisfies Record<string, [code: ErrorCode, message: string, hint: string]>;

function failureOf(ended: ChildOutcome<unknown>, changed: boolean, input: string): Failure {
  if (ended.how === 'failed' && !changed) return ended.failure;
  const [code, message, hint] = FAILURES[changed || ended.how === 'failed' ? 'done' : ended.how];
  return { code, message, input, hint };
}
