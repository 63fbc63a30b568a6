// What the office changes of a user: the role with what it belongs to, and whether he is blocked. One transaction locks the office's users,
// changes, and records. Knows no password and no programme.

import { and, eq, isNotNull } from 'drizzle-orm';
import type { JikjiError } from '../../base/index.ts';
import { type Database, sessions, users } from '../database/index.ts';
import { listChanges, noteChange, wasIn } from './account-changes.ts';
import type { Context } from './better-auth.ts';
import { checkMembership } from './input.ts';
import { officeUsers } from './invitations.ts';
import * as refuse from './refusals.ts';
import type { AccountChange, Membership } from './types.ts';

export const userUnknown = (user: string): JikjiError => refuse.userUnknown(user.slice(0, 100));

type Row = typeof users.$inferSelect;
export const membershipOf = ({ role, programme, consortium }: Row): Membership =>
  ({ role, programme, consortium }) as Membership;

/** @param by null: the command line. @throws JikjiError `forbidden` if a user is no longer of the office */
export function requireOffice(by: string | null, office: readonly string[]): void {
  if (by === null || office.includes(by)) return;
  throw refuse.noLongerOffice(by);
}

export class Memberships {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Changes role, programme and consortium of a user. Sessions stay and have the new role at once; API tokens end, since whoever holds
   * them was trusted with the earlier role.
   * @param mayEnter throws if a user who never had a role in the programme may not get one under this name
   * @throws JikjiError `forbidden` (no longer of the office), `user-unknown`, `last-office-user`, `invitation-unfit`
   */
  async change(by: string, user: string, to: Membership, mayEnter: () => void): Promise<void> {
    checkMembership(to);
    await this.#context.tables.transact(async (database) => {
      const row = await this.#lock(database, user, by);
      const before = membershipOf(row);
      const after: Membership = { role: to.role, programme: to.programme, consortium: to.consortium };
      if (Object.keys(after).every((key) => after[key as keyof Membership] === before[key as keyof Membership])) return;
      if (after.role !== 'office') await this.#requireAnother(database, user);
      const isNew = after.programme !== null && after.programme !== before.programme;
      if (isNew && !(await wasIn(database, user, after.programme!))) mayEnter();
      const now = this.#context.now();
      await database
        .update(users)
        .set({ ...after, updatedAt: now })
        .where(eq(users.id, user));
      await database.delete(sessions).where(and(eq(sessions.userId, user), isNotNull(sessions.label)));
      await noteChange(database, now, { user, by, what: 'role', before, after });
    });
    this.#context.watchers.tell(user);
  }

  /**
   * Blocks or unblocks a user. A blocked user cannot log in, and loses all sessions and tokens; his links do not work, as he could return
   * by one.
   * @throws JikjiError `forbidden` (no longer of the office), `user-unknown`, `last-office-user`
   */
  async block(by: string | null, user: string, blocked: boolean): Promise<void> {
    await this.#context.tables.transact(async (database) => {
      const row = await this.#lock(database, user, by);
      if (row.blocked === blocked) return;
      if (blocked) await this.#requireAnother(database, user);
      await database.update(users).set({ blocked }).where(eq(users.id, user));
      if (blocked) await database.delete(sessions).where(eq(sessions.userId, user));
      const after = membershipOf(row);
      await noteChange(database, this.#context.now(), { user, by, what: blocked ? 'blocked' : 'unblocked', after });
    });
    this.#context.watchers.tell(user);
  }

  /** Ends all log-ins and API tokens of a user. @throws JikjiError `forbidden`, `user-unknown` */
  async endAll(by: string, user: string): Promise<void> {
    await this.#context.tables.transact(async (database) => {
      const row = await this.#lock(database, user, by);
      await database.delete(sessions).where(eq(sessions.userId, user));
      const after = membershipOf(row);
      await noteChange(database, this.#context.now(), { user, by, what: 'log-ins-ended', after });
    });
    this.#context.watchers.tell(user);
  }

  /** What was done to accounts: the newest first. */
  changes = (asked: Parameters<typeof listChanges>[1]): Promise<AccountChange[]> => listChanges(this.#context, asked);

  /**
   * The user's row. The office's rows are locked first: if two users change each other at once, the second waits here, and then sees the
   * first change.
   */
  async #lock(database: Database, user: string, by: string | null): Promise<Row> {
    requireOffice(by, await officeUsers(database, true));
    const [row] = await database.select().from(users).where(eq(users.id, user)).for('update');
    if (!row) throw userUnknown(user);
    return row;
  }

  /** @throws JikjiError `last-office-user` if nobody else of the office could log in */
  async #requireAnother(database: Database, user: string): Promise<void> {
    const office = await officeUsers(database);
    if (office.length !== 1 || office[0] !== user) return;
    throw refuse.lastOfficeUser(user);
  }
}
