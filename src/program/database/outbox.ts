// The outbox: notices that wait, are sent by one store, were sent or have failed. An attempt is in the database before it begins, so that a
// process that dies while it sends is noticed: then the notice is sent once more, and never a third time. Knows no mail server and no
// kind of notice.

import { and, desc, eq, getTableColumns, lte, or, sql } from 'drizzle-orm';
import { type Connection, type Database, takerLives } from './connection.ts';
import { outbox } from './mail-schema.ts';

type Row = typeof outbox.$inferSelect;

/** A notice without its text, as people may see it. */
export type OutboxRow = Omit<Row, 'taker' | 'subject' | 'body'>;
interface Text {
  subject: string;
  body: string;
}
/** A notice with its text. */
export type Notice = OutboxRow & Text;
export type NewNotice = Pick<Row, 'messageId' | 'kind' | 'address' | 'lang' | 'createdAt'> &
  Partial<Pick<Row, 'key' | 'userId' | 'membership' | 'until'>> &
  Text;

/** How an attempt ended. */
export type AttemptEnd =
  | { status: 'sent' }
  | { status: 'failed'; error: string }
  /** `uncertain`: the server may have accepted it. */
  | { status: 'waiting'; error: string; dueAt: Date; uncertain: boolean };

export interface Outbox {
  /**
   * Takes the notice that is due longest; the caller holds it until `end`. A notice whose process has died, or was cut off from the
   * database, is taken over when its attempt has lasted `attemptMs` milliseconds: no attempt lasts longer.
   */
  take(now: Date, attemptMs: number): Promise<Notice | undefined>;
  /** Ends an attempt. False if this store does not hold it, or no longer. */
  end(notice: Notice, end: AttemptEnd, now: Date): Promise<boolean>;
  /** The newest notices first, without their texts. */
  list(count: number): Promise<OutboxRow[]>;
  /** Deletes notices that ended before this time. */
  forget(before: Date): Promise<void>;
}

/** Attempts whose end nobody knows: after the first one the notice is sent once more. */
const MAX_INTERRUPTED = 1;
const ERASED = { subject: null, body: null };

/** Rows of one statement: PostgreSQL takes 65,535 values. */
const BATCH = 1000;

/** Writes notices; those whose key is there already are left out. */
export async function writeNotices(database: Database, notices: readonly NewNotice[]): Promise<void> {
  const rows = notices.map((notice) => ({ ...notice, status: 'waiting' as const, dueAt: notice.createdAt }));
  for (let from = 0; from < rows.length; from += BATCH)
    await database
      .insert(outbox)
      .values(rows.slice(from, from + BATCH))
      .onConflictDoNothing({ target: outbox.key });
}

const { taker: _, subject, body, ...columns } = getTableColumns(outbox);

type Durably = <T>(work: (database: Database) => Promise<T>) => Promise<T>;

/** `durably`: runs a transaction that is on the disk when it returns. */
export function outboxOf(database: Database, connection: Connection, durably: Durably): Outbox {
  return {
    async take(now, attemptMs) {
      const taker = await connection.lease();
      const isLost = and(
        eq(outbox.status, 'sending'),
        lte(outbox.dueAt, new Date(now.getTime() - attemptMs)),
        // This store itself, if it could not write down the end.
        or(eq(outbox.taker, taker), sql`not ${takerLives(outbox.taker)}`),
      )!;
      return durably(async (transaction) => {
        // One that was cut off a second time may have arrived twice: it is not sent again.
        await transaction
          .update(outbox)
          .set({ status: 'failed', error: 'uncertain', endedAt: now, ...ERASED })
          .where(and(isLost, sql`${outbox.interrupted} >= ${MAX_INTERRUPTED}`));
        const next = transaction
          .select({ id: outbox.id })
          .from(outbox)
          .where(sql`(${and(eq(outbox.status, 'waiting'), lte(outbox.dueAt, now))}) or (${isLost})`)
          .orderBy(outbox.dueAt, outbox.id)
          .limit(1)
          .for('update', { skipLocked: true });
        const [taken] = await transaction
          .update(outbox)
          .set({
            status: 'sending',
            taker,
            attempts: sql`${outbox.attempts} + 1`,
            interrupted: sql`${outbox.interrupted} + case ${outbox.status} when 'sending' then 1 else 0 end`,
            dueAt: now,
          })
          .where(eq(outbox.id, sql`(${next})`))
          .returning({ ...columns, subject, body });
        return taken as Notice | undefined;
      });
    },
    async end({ id, attempts, interrupted }, end, now) {
      const taker = await connection.lease();
      const held = and(
        eq(outbox.id, id),
        eq(outbox.status, 'sending'),
        eq(outbox.taker, taker),
        eq(outbox.attempts, attempts),
      );
      return durably(async (transaction) => {
        const isOver = end.status !== 'waiting' || (end.uncertain && interrupted >= MAX_INTERRUPTED);
        const error = end.status === 'sent' ? null : end.status === 'waiting' ? 'uncertain' : end.error;
        const status = end.status === 'waiting' ? ('failed' as const) : end.status;
        const set = isOver
          ? { status, error, endedAt: now, ...ERASED }
          : {
              status: end.status,
              error: end.error,
              dueAt: end.dueAt,
              interrupted: interrupted + Number(end.uncertain),
            };
        const ended = await transaction.update(outbox).set(set).where(held).returning({ id: outbox.id });
        return ended.length > 0;
      });
    },
    list: (count) => database.select(columns).from(outbox).orderBy(desc(outbox.id)).limit(count),
    async forget(before) {
      await database.delete(outbox).where(lte(outbox.endedAt, before));
    },
  };
}
