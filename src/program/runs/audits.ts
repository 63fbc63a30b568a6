// Audits of this machine's runs, each in a process of its own: begun, told how far they are, kept for a while when they are done.

import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildOutcome, childScript, type Failure, MOST_BYTES, ownSettings, runChild } from '../../apart/index.ts';
import { JikjiError } from '../../base/index.ts';
import { GENESIS, SEAL, TRANSCRIPT } from '../../run-folder/index.ts';
import type { Audited, AuditWork } from './audit.child.ts';
import type { Audit, RunInfo } from './types.ts';

/** A long run is trained again in parts. */
const MOST_SECONDS = 24 * 3600;
const MOST_AT_ONCE = 2;
/** Audits that are remembered when they have ended. */
const MOST_ENDED = 50;
/** What changes where a run goes on or is begun anew. */
const RUN_FILES = [GENESIS, TRANSCRIPT, SEAL];

export interface AuditsOptions {
  threads: number;
  /** TMPDIR of the processes. */
  temporary: () => string;
}

export interface AuditOptions {
  /** Stretches that are drawn at random and trained again, or all. */
  replay?: number | 'all';
}

const marksOf = (folder: string): string =>
  RUN_FILES.map((name) => {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    return `${stat?.ino} ${stat?.size} ${stat?.mtimeMs}`;
  }).join();

export class Audits {
  readonly #options: AuditsOptions;
  readonly #audits = new Map<string, Audit>();
  readonly #running = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #wake = new Set<() => void>();

  constructor(options: AuditsOptions) {
    this.#options = options;
  }

  /**
   * Begins an audit, or gives the one of this run that is being done. `read` says what the run is now.
   * @throws JikjiError `run-running`, `run-gone`, `too-many`
   */
  start(folder: string, read: () => RunInfo, { replay }: AuditOptions): Audit {
    const info = read();
    const running = [...this.#audits.values()].filter(({ state }) => state === 'running');
    const same = running.find(({ run }) => run === info.id);
    if (same) return structuredClone(same);
    const fail = (code: string, message: string, hint: string) => new JikjiError(code, message, folder, hint);
    if (info.state === 'running')
      throw fail('run-running', 'this run is still being made', 'audit it when it is finished: it has no seal yet');
    if (info.state === 'gone') throw fail('run-gone', 'the folder of this run is gone', 'bring it back to its place');
    if (running.length >= MOST_AT_ONCE || this.#ending.signal.aborted)
      throw fail('too-many', `${running.length} audits are being done already`, 'wait until one of them has ended');
    const audit: Audit = {
      id: randomUUID(),
      run: info.id,
      state: 'running',
      started: new Date().toISOString(),
      ended: null,
      progress: null,
      verdict: null,
      standing: null,
      claim: null,
      checks: [],
      replayed: [],
      detection: null,
      error: null,
    };
    this.#audits.set(audit.id, audit);
    const work = this.#do(audit, folder, read, replay).finally(() => this.#running.delete(work));
    this.#running.add(work);
    return structuredClone(audit);
  }

  /** @throws JikjiError `audit-unknown` */
  get(id: string): Audit {
    const audit = this.#audits.get(id);
    if (audit) return structuredClone(audit);
    throw new JikjiError('audit-unknown', 'there is no such audit', id, 'begin one: only the latest are kept');
  }

  /** The audit as it is, then each time something has changed, until it has ended or for the signal. */
  async *follow(id: string, signal: AbortSignal): AsyncGenerator<Audit> {
    let told = '';
    while (!signal.aborted) {
      const audit = this.get(id);
      const now = JSON.stringify(audit);
      if (now !== told) {
        told = now;
        yield audit;
      } else if (audit.state !== 'running') return;
      else
        await new Promise<void>((resolve) => {
          const done = () => {
            this.#wake.delete(done);
            signal.removeEventListener('abort', done);
            resolve();
          };
          this.#wake.add(done);
          signal.addEventListener('abort', done);
        });
    }
  }

  /** Stops what is being done. */
  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
  }

  #tell(): void {
    for (const wake of [...this.#wake]) wake();
  }

  async #do(audit: Audit, folder: string, read: () => RunInfo, replay: number | 'all' | undefined): Promise<void> {
    const before = marksOf(folder);
    const work: AuditWork = { folder, replay, threads: this.#options.threads };
    const ended = await runChild<Audited, NonNullable<Audit['progress']>>(childScript(import.meta.url, 'audit'), work, {
      settings: ownSettings(this.#options.temporary()),
      seconds: MOST_SECONDS,
      bytes: MOST_BYTES,
      signal: this.#ending.signal,
      onProgress: (progress) => {
        audit.progress = progress;
        this.#tell();
      },
    });
    audit.ended = new Date().toISOString();
    audit.state = 'done';
    // What was read while it changed was never one run.
    const changed = marksOf(folder) !== before || isRunning(read);
    if (ended.how === 'done' && !changed) Object.assign(audit, ended.result);
    else {
      audit.state = 'failed';
      audit.error = changed ? CHANGED(folder) : failureOf(ended, folder);
    }
    const old = [...this.#audits.values()].filter(({ state }) => state !== 'running').slice(0, -MOST_ENDED);
    for (const { id } of old) this.#audits.delete(id);
    this.#tell();
  }
}

function isRunning(read: () => RunInfo): boolean {
  try {
    return read().state === 'running';
  } catch (error) {
    if (error instanceof JikjiError) return false; // it is no longer in the list
    throw error;
  }
}

const CHANGED = (input: string): Failure => ({
  code: 'run-changed',
  message: 'the run changed while it was audited',
  input,
  hint: 'audit it when nobody works on it',
});

function failureOf(ended: ChildOutcome<unknown>, input: string): Failure {
  const failure = (code: string, message: string, hint: string): Failure => ({ code, message, input, hint });
  switch (ended.how) {
    case 'failed':
      return ended.failure;
    case 'too-long':
      return failure('audit-too-long', 'the audit took longer than a day', 'audit it on the command line: jikji audit');
    case 'too-big':
      return failure('audit-too-big', 'the audit took more memory than there is for one', 'use a larger machine');
    case 'stopped':
      return failure('interrupted', 'the audit was stopped', 'begin it anew: an audit leaves nothing behind');
    default:
      return failure('audit-crashed', 'the audit ended unexpectedly', 'see what jikji audit says of this run');
  }
}
