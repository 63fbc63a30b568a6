// The record of what the office did to accounts: who changed what of whom, when. Lines are only added, in the transaction of the change
// itself. Knows no rule.

import { and, desc, eq, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Json } from '../../ledger/index.ts';
import { accountChanges, type Database } from '../database/index.ts';
import type { Context } from './better-auth.ts';
import type { AccountChange, Membership } from './types.ts';

/** Lines of one page. */
const PAGE_LINES = 100;

interface Change {
  user: string;
  /** Null: the command line. */
  by: string | null;
  what: AccountChange['what'];
  before?: Membership;
  after?: Membership;
}

export async function noteChange(
  database: Database,
  time: Date,
  { user, by, what, before, after }: Change,
): Promise<void> {
  const [from, to] = [before ?? null, after ?? null].map((one) => one as Json | null);
  await database.insert(accountChanges).values({ time, userId: user, changedBy: by, what, before: from, after: to });
}

/** Lines about a programme: a role in it came or went, or a role in all programmes did. Lines without a role are about the whole server. */
const about = (programme: string): SQL | undefined =>
  or(
    ...[accountChanges.before, accountChanges.after].map(
      (column) => sql`(${column}->>'programme' = ${programme} or ${column}->>'role' = 'office')`,
    ),
  );

/** The newest lines first; before the line `before` where it is given, and about `programme` alone where it is given. */
export async function listChanges(
  { tables }: Pick<Context, 'tables'>,
  { before, programme }: { before?: number | undefined; programme?: string | undefined },
): Promise<AccountChange[]> {
  const rows = await tables.ask((database) =>
    database
      .select()
      .from(accountChanges)
      .where(
        and(
          before === undefined ? undefined : lt(accountChanges.id, before),
          programme === undefined ? undefined : about(programme),
        ),
      )
      .orderBy(desc(accountChanges.id))
      .limit(PAGE_LINES),
  );
  return rows.map(({ id, time, userId, changedBy, what, before: from, after: to }) => ({
    ...{ id, time: time.toISOString(), user: userId, by: changedBy, what: what as AccountChange['what'] },
    ...{ before: from as Membership | null, after: to as Membership | null },
  }));
}

/** Whether the user ever had a role in this programme. */
export const wasIn = async (database: Database, user: string, programme: string): Promise<boolean> =>
  (
    await database
      .select({ id: accountChanges.id })
      .from(accountChanges)
      .where(and(eq(accountChanges.userId, user), sql`${accountChanges.before}->>'programme' = ${programme}`))
      .limit(1)
  ).length > 0;
