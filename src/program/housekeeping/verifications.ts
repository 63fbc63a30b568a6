// Verifications that the office starts on the server: one at a time for each programme, in a thread of its own. The result of the last one
// stays in the database.

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { JikjiError, type Sentence } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import { type Store, type UserTables, verifications } from '../database/index.ts';
import { REASONS } from './reasons.ts';
import { verificationRunning } from './refusals.ts';
import type { Verified, VerifyProgress } from './verify.ts';
import type { FromVerifier } from './verify-worker.ts';

/** TypeScript in a checkout, JavaScript in the package. */
const WORKER = new URL(`./verify-worker${extname(import.meta.url)}`, import.meta.url);
/** Of the thread: the state of a log that an attacker made large must not take the server's memory. */
const MAX_MEMORY_MIB = 4096;

const verified = z.object({
  verdict: z.enum(['holds', 'refuted']),
  entries: z.int(),
  link: z.string(),
  signatures: z.int(),
  decisions: z.int().nullable(),
  /** What is wrong; null too where the viewer may not read that. */
  altered: z.string().nullable(),
  /** The same in Korean, where it is known: results from before had none. */
  alteredKo: z.string().optional(),
});

export const verificationShape = z
  .object({
    running: z
      .object({
        begun: z.string(),
        entries: z.int(),
        /** Entries in the log when it began. */
        of: z.int(),
        signatures: z.int(),
        decisions: z.object({ done: z.int(), of: z.int() }).nullable(),
      })
      .nullable(),
    /** Why the last one of this server's process did not end. */
    failed: z.string().nullable(),
    /** The same in Korean, where it is known. */
    failedKo: z.string().optional(),
    /** `user`: null for viewers who are shown no persons. */
    last: z.object({ time: z.string(), user: z.string().nullable(), result: verified }).nullable(),
  })
  .meta({ id: 'Verification' });
export type Verification = z.output<typeof verificationShape>;

interface Running {
  progress: NonNullable<Verification['running']>;
  worker: Worker;
}

class ThreadEnded extends Error {}

/** What an error says: in Korean too, where it is one of ours. A bug has English only. */
function saidBy(error: unknown): Sentence {
  if (error instanceof ThreadEnded) return REASONS.threadEnded;
  if (error instanceof JikjiError) return { en: error.message, ko: error.ko?.message };
  return { en: error instanceof Error ? error.message : String(error) };
}

export class Verifications {
  readonly #tables: UserTables;
  readonly #now: () => Date;
  readonly #running = new Map<string, Running>();
  readonly #failed = new Map<string, Sentence>();
  readonly #signal: AbortSignal;

  constructor(tables: UserTables, signal: AbortSignal, now: () => Date = () => new Date()) {
    this.#tables = tables;
    this.#signal = signal;
    this.#now = now;
  }

  /** Starts a verification, and does not wait for it. @throws JikjiError `verification-running` */
  async start(programme: string, user: string, store: Store): Promise<void> {
    const { seq } = await store.head();
    if (this.#running.has(programme)) throw verificationRunning(programme);
    const resourceLimits = { maxOldGenerationSizeMb: MAX_MEMORY_MIB };
    const worker = new Worker(WORKER, { resourceLimits });
    const begun = this.#now().toISOString();
    const progress = { begun, entries: 0, of: seq, signatures: 0, decisions: null };
    this.#running.set(programme, { progress, worker });
    this.#failed.delete(programme);
    void this.#follow(programme, worker, store)
      .then((result) => this.#keep(programme, user, result))
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#failed.set(programme, saidBy(error));
      })
      .finally(() => {
        this.#running.delete(programme);
        void worker.terminate();
      });
  }

  #follow(programme: string, worker: Worker, store: Store): Promise<Verified> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(new Error('the server is being stopped'));
      this.#signal.addEventListener('abort', stop, { once: true });
      if (this.#signal.aborted) stop();
      worker.once('error', reject);
      worker.once('exit', () => reject(new ThreadEnded(REASONS.threadEnded.en)));
      // Questions are answered one after another.
      let answered = Promise.resolve();
      worker.on('message', (message: FromVerifier) => {
        if (message.kind === 'done') return resolve(message.result);
        if (message.kind === 'progress') return this.#show(programme, message.progress);
        answered = answered
          .then(() => store.page(message.from, message.count))
          .then((entries) => worker.postMessage(entries), reject);
      });
    });
  }

  #show(programme: string, progress: VerifyProgress): void {
    const running = this.#running.get(programme);
    if (running) running.progress = { ...running.progress, ...progress };
  }

  #keep(programme: string, userId: string, result: Verified): Promise<unknown> {
    const row = { programme, userId, endedAt: this.#now(), result: result as unknown as Json };
    return this.#tables.ask((database) =>
      database.insert(verifications).values(row).onConflictDoUpdate({ target: verifications.programme, set: row }),
    );
  }

  /** Where a running one is, and the result of the last. */
  async state(programme: string): Promise<Verification> {
    const [last] = await this.#tables.ask((database) =>
      database.select().from(verifications).where(eq(verifications.programme, programme)),
    );
    const failed = this.#failed.get(programme);
    return {
      running: this.running(programme),
      failed: failed?.en ?? null,
      ...(failed?.ko !== undefined && { failedKo: failed.ko }),
      last: last
        ? { time: last.endedAt.toISOString(), user: last.userId, result: last.result as unknown as Verified }
        : null,
    };
  }

  running = (programme: string): Verification['running'] => this.#running.get(programme)?.progress ?? null;
}
