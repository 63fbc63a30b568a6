// Limits of mails that somebody asks for, by kind: nobody can use the server to flood an address.

import { and, count, eq, gt, type SQL, sql } from 'drizzle-orm';
import { JikjiError } from '../../base/index.ts';
import { type Database, outbox } from '../database/index.ts';
import { tooManyMails } from './refusals.ts';

/** Mails for one user and for one address in a day, and for all together in an hour. */
const LIMITS = {
  verification: { user: 5, address: 3, all: 200 },
  'password-reset': { user: 5, address: 10, all: 200 },
  invitation: { user: Number.POSITIVE_INFINITY, address: 5, all: 500 },
};
export type LimitedKind = keyof typeof LIMITS;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

class TooManyMails extends JikjiError {
  /** Seconds. */
  readonly retryAfter: number;
  constructor(address: string, waitMs: number) {
    const { message, hint, ko } = tooManyMails(address);
    super('too-many', message, address, hint, { ko });
    this.retryAfter = waitMs / 1000;
  }
}

/** Until the end of the transaction nobody else writes a notice. Taken before any row is locked: in another order two could wait for each other. */
export async function lockOutbox(database: Database): Promise<void> {
  await database.execute(sql`lock table ${outbox} in share row exclusive mode`);
}

/**
 * Runs in the transaction that writes the mail: parallel requests wait, so that all are counted.
 * @throws JikjiError `too-many`
 */
export async function requireFew(
  database: Database,
  kind: LimitedKind,
  { user, address, now }: { user: string | null; address: string; now: Date },
): Promise<void> {
  await lockOutbox(database);
  const written = async (sinceMs: number, which?: SQL): Promise<number> => {
    const since = gt(outbox.createdAt, new Date(now.getTime() - sinceMs));
    const counted = and(eq(outbox.kind, kind), since, which);
    const [found] = await database.select({ n: count() }).from(outbox).where(counted);
    return Number(found!.n);
  };
  const limits = LIMITS[kind];
  const isSame = sql`lower(${outbox.address}) = ${address.toLowerCase()}`;
  if (user !== null && (await written(DAY_MS, eq(outbox.userId, user))) >= limits.user)
    throw new TooManyMails(address, DAY_MS);
  if ((await written(DAY_MS, isSame)) >= limits.address) throw new TooManyMails(address, DAY_MS);
  if ((await written(HOUR_MS)) >= limits.all) throw new TooManyMails(address, HOUR_MS);
}
