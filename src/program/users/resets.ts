// One-time links for a new password, which the office or the command line makes. A user has at most one that works; its use ends all
// sessions and tokens of the user. Knows no hash function and no session.

import { randomBytes } from 'node:crypto';
import { and, eq, gt, isNull } from 'drizzle-orm';
import type { JikjiError } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { accounts, type Database, resets, sessions, users } from '../database/index.ts';
import { noteChange } from './account-changes.ts';
import type { Context } from './better-auth.ts';
import { isToken } from './input.ts';
import { officeUsers } from './invitations.ts';
import { membershipOf, requireOffice, userUnknown } from './memberships.ts';
import * as refuse from './refusals.ts';
import type { UserRow } from './sessions.ts';
import type { Link, Reset } from './types.ts';

const HOURS = 24;

/** The same error for links that are unknown, used, replaced or expired, and for those of blocked users. */
export const resetUnknown = (): JikjiError => refuse.resetUnknown('reset');

export class Resets {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Makes a link, which replaces an earlier one. `by` null: the command line. @throws JikjiError `forbidden`, `user-unknown` */
  async make(user: string, by: string | null): Promise<Link> {
    const token = randomBytes(32).toString('base64url');
    const createdAt = this.#context.now();
    const expiresAt = new Date(createdAt.getTime() + HOURS * 3_600_000);
    await this.#context.tables.transact(async (database) => {
      requireOffice(by, await officeUsers(database));
      const [found] = await database.select().from(users).where(eq(users.id, user));
      if (!found || found.blocked) throw userUnknown(user);
      const row = { userId: user, token: sha256Hex(token), madeBy: by, createdAt, expiresAt, usedAt: null };
      await database.insert(resets).values(row).onConflictDoUpdate({ target: resets.userId, set: row });
      await noteChange(database, createdAt, { user, by, what: 'reset-made', after: membershipOf(found) });
    });
    return { id: user, token, expires: expiresAt.toISOString() };
  }

  /** The newest link of each user. */
  async list(): Promise<Map<string, Reset>> {
    const rows = await this.#context.tables.ask((database) => database.select().from(resets));
    return new Map(
      rows.map(({ userId, createdAt, expiresAt, usedAt }) => [
        userId,
        {
          made: createdAt.toISOString(),
          expires: expiresAt.toISOString(),
          used: usedAt?.toISOString() ?? null,
        },
      ]),
    );
  }

  #open = (token: string) =>
    and(eq(resets.token, sha256Hex(token)), isNull(resets.usedAt), gt(resets.expiresAt, this.#context.now()));

  /** The user of an open link. As with invitations, its maker must still be of the office. @throws JikjiError `reset-unknown` */
  async #userOf(database: Database, [row]: (typeof resets.$inferSelect)[], lock = false): Promise<UserRow> {
    if (!row) throw resetUnknown();
    if (row.madeBy !== null && !(await officeUsers(database)).includes(row.madeBy)) throw resetUnknown();
    const query = database.select().from(users).where(eq(users.id, row.userId));
    const [user] = await (lock ? query.for('update') : query);
    if (!user || user.blocked) throw resetUnknown();
    return user;
  }

  /** @throws JikjiError `reset-unknown` */
  async look(token: string): Promise<{ user: string; expires: string }> {
    if (!isToken(token)) throw resetUnknown();
    return this.#context.tables.ask(async (database) => {
      const found = await database.select().from(resets).where(this.#open(token));
      const { id } = await this.#userOf(database, found);
      return { user: id, expires: found[0]!.expiresAt.toISOString() };
    });
  }

  /** `password`: the hash. Of parallel calls one succeeds. @throws JikjiError `reset-unknown` */
  async use(token: string, password: string): Promise<void> {
    const now = this.#context.now();
    const { id } = await this.#context.tables.transact(async (database) => {
      const claimed = await database.update(resets).set({ usedAt: now }).where(this.#open(token)).returning();
      const user = await this.#userOf(database, claimed, true);
      const columns = { password, updatedAt: now };
      const changed = await database.update(accounts).set(columns).where(eq(accounts.userId, user.id)).returning();
      if (changed.length === 0) throw resetUnknown(); // a user without a password
      await database.delete(sessions).where(eq(sessions.userId, user.id));
      await noteChange(database, now, { user: user.id, by: user.id, what: 'reset-used', after: membershipOf(user) });
      return user;
    });
    this.#context.watchers.tell(id);
  }
}
