// The queue of jobs: queued, taken by one store, finished or failed. A job whose process has died is taken again: a store that takes a job
// holds a lock in the database while its process lives. Knows no kind of job.

import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Json } from '../../ledger/index.ts';
import { type Connection, type Database, takerLives } from './connection.ts';
import { jobNotHeld } from './refusals.ts';
import { jobs } from './schema.ts';

export interface Job {
  id: number;
  kind: string;
  input: Json;
  status: 'queued' | 'running' | 'done' | 'failed';
  /** How often it was taken: more than once if a process died meanwhile. */
  attempts: number;
  started: string | null;
  finished: string | null;
  result: Json;
  error: string | null;
}

export interface Jobs {
  add(kind: string, input: Json): Promise<number>;
  /** The oldest job that no store runs; the caller holds it until `finish` or `fail`. */
  take(now: Date): Promise<Job | undefined>;
  /** @throws JikjiError `job-not-held` if this store does not run it, or no longer */
  finish(id: number, result: Json, now?: Date): Promise<void>;
  /** @throws JikjiError `job-not-held` */
  fail(id: number, error: string, now?: Date): Promise<void>;
  list(): Promise<Job[]>;
}

const { taker: _, ...columns } = getTableColumns(jobs);

export function jobsOf(database: Database, connection: Connection): Jobs {
  const end = async (id: number, now: Date, outcome: { status: 'done' | 'failed'; result?: Json; error?: string }) => {
    const taker = await connection.lease();
    const ended = await database
      .update(jobs)
      .set({ ...outcome, finished: now.toISOString() })
      .where(and(eq(jobs.id, id), eq(jobs.status, 'running'), eq(jobs.taker, taker)))
      .returning({ id: jobs.id });
    if (ended.length > 0) return;
    throw jobNotHeld(`job ${id}`);
  };
  return {
    async add(kind, input) {
      const [added] = await database.insert(jobs).values({ kind, input, status: 'queued' }).returning({ id: jobs.id });
      return added!.id;
    },
    async take(now) {
      const taker = await connection.lease();
      const next = database
        .select({ id: jobs.id })
        .from(jobs)
        .where(sql`${jobs.status} = 'queued' or (${jobs.status} = 'running' and not ${takerLives(jobs.taker)})`)
        .orderBy(asc(jobs.id))
        .limit(1)
        .for('update', { skipLocked: true });
      const [taken] = await database
        .update(jobs)
        .set({ status: 'running', taker, attempts: sql`${jobs.attempts} + 1`, started: now.toISOString() })
        .where(eq(jobs.id, sql`(${next})`))
        .returning(columns);
      return taken as Job | undefined;
    },
    finish: (id, result, now = new Date()) => end(id, now, { status: 'done', result }),
    fail: (id, error, now = new Date()) => end(id, now, { status: 'failed', error }),
    list: () => database.select(columns).from(jobs).orderBy(asc(jobs.id)) as Promise<Job[]>,
  };
}
