// One-time links, each for one new user. One transaction marks a link as used and creates its user. Knows no session.

import { randomBytes, randomUUID } from 'node:crypto';
import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import type { JikjiError } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { accounts, type Database, invitations, users } from '../database/index.ts';
import type { Context } from './better-auth.ts';
import { isToken } from './input.ts';
import * as refuse from './refusals.ts';
import type { UserRow } from './sessions.ts';
import type { Invitation, Link } from './types.ts';

type Row = typeof invitations.$inferSelect;
type Invited = Pick<Row, 'role' | 'programme' | 'consortium' | 'note' | 'invitedBy'>;

/** The id of the link that the server itself makes; there is at most one. */
const FIRST = 'first';

/** The same error for links that are unknown, used, withdrawn or expired. */
export const invitationUnknown = (): JikjiError => refuse.invitationUnknown('invitation');

function shown({ id, role, programme, consortium, note, createdAt, expiresAt, usedBy }: Row): Invitation {
  const times = { created: createdAt.toISOString(), expires: expiresAt.toISOString() };
  return { id, role: role as Invitation['role'], programme, consortium, note, ...times, usedBy };
}

/** Users of the office who can log in; with `lock`, their rows are locked until the transaction ends. */
export async function officeUsers(database: Database, lock = false): Promise<string[]> {
  const query = database
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'office'), eq(users.blocked, false)))
    .orderBy(asc(users.id));
  return (await (lock ? query.for('update') : query)).map(({ id }) => id);
}

export class Invitations {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Stores an invitation and returns its link. */
  async make(invited: Invited, hours: number): Promise<Link> {
    const token = randomBytes(32).toString('base64url');
    const createdAt = this.#context.now();
    const row: Row = {
      ...invited,
      id: invited.invitedBy === null ? FIRST : randomBytes(8).toString('hex'),
      token: sha256Hex(token),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + hours * 3_600_000),
      usedAt: null,
      usedBy: null,
    };
    await this.#context.tables.ask((database) =>
      database.insert(invitations).values(row).onConflictDoUpdate({ target: invitations.id, set: row }),
    );
    return { id: row.id, token, expires: row.expiresAt.toISOString() };
  }

  /** A link for the office if nobody of it can log in; it replaces an earlier one. */
  async makeFirst(): Promise<Link | undefined> {
    if ((await this.#context.tables.ask((database) => officeUsers(database))).length > 0) return undefined;
    return this.make({ role: 'office', programme: null, consortium: null, note: null, invitedBy: null }, 24);
  }

  async list(): Promise<Invitation[]> {
    const rows = await this.#context.tables.ask((database) =>
      database.select().from(invitations).orderBy(asc(invitations.createdAt), asc(invitations.id)),
    );
    return rows.map(shown);
  }

  /** @throws JikjiError `invitation-unknown`, also where it was used */
  async withdraw(id: string): Promise<void> {
    const unused = and(eq(invitations.id, id), isNull(invitations.usedAt));
    const deleted = await this.#context.tables.ask((database) =>
      database.delete(invitations).where(unused).returning(),
    );
    if (deleted.length === 0) throw invitationUnknown();
  }

  #open = (token: string) =>
    and(
      eq(invitations.token, sha256Hex(token)),
      isNull(invitations.usedAt),
      gt(invitations.expiresAt, this.#context.now()),
    );

  /**
   * The first link is valid while the office has no user, any other while its inviter is not blocked: otherwise a user could join whom
   * nobody of the office invites.
   */
  async #check(database: Database, [row]: Row[]): Promise<Row> {
    const office = row && (await officeUsers(database));
    if (!row || !office || (row.id === FIRST ? office.length > 0 : !office.includes(row.invitedBy!))) {
      throw invitationUnknown();
    }
    return row;
  }

  /** @throws JikjiError `invitation-unknown` */
  async look(token: string): Promise<Invitation> {
    if (!isToken(token)) throw invitationUnknown();
    return this.#context.tables.ask(async (database) =>
      shown(await this.#check(database, await database.select().from(invitations).where(this.#open(token)))),
    );
  }

  /** `password`: the hash. `also` runs in the same transaction. Of parallel calls one succeeds. A taken name does not use up the link. @throws JikjiError `invitation-unknown`, `user-taken` */
  async accept(
    token: string,
    { user, name, password }: { user: string; name: string; password: string },
    also?: (database: Database) => Promise<void>,
  ): Promise<UserRow> {
    const now = this.#context.now();
    const stamps = { createdAt: now, updatedAt: now };
    return this.#context.tables.transact(async (database) => {
      const claimed = await database
        .update(invitations)
        .set({ usedAt: now, usedBy: user })
        .where(this.#open(token))
        .returning();
      const { role, programme, consortium } = await this.#check(database, claimed);
      const [made] = await database
        .insert(users)
        .values({ id: user, name, role, programme, consortium, ...stamps })
        .onConflictDoNothing()
        .returning();
      if (!made) throw userTaken(user);
      const account = { userId: user, accountId: user, providerId: 'credential', password };
      await database.insert(accounts).values({ id: randomUUID(), ...account, ...stamps });
      await also?.(database);
      return made;
    });
  }
}

export const userTaken = (user: string): JikjiError => refuse.userTaken(user);
