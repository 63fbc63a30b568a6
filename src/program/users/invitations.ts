// Links that make one user each. A link is used up by one UPDATE, together with the user it makes. Knows no session.

import { randomBytes, randomUUID } from 'node:crypto';
import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { JikjiError } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { accounts, type Database, invitations, users } from '../database/index.ts';
import type { Context } from './better-auth.ts';
import { isToken } from './input.ts';
import type { UserRow } from './sessions.ts';
import type { Invitation, Link } from './types.ts';

type Row = typeof invitations.$inferSelect;
type Invited = Pick<Row, 'role' | 'programme' | 'consortium' | 'note' | 'invitedBy'>;

/** The id of the link that the server makes itself; there is one at most. */
const FIRST = 'first';

/** The same for links that are unknown, used, withdrawn or expired. */
export function invitationUnknown(): JikjiError {
  const message = 'this invitation is not valid, or not any more';
  return new JikjiError('invitation-unknown', message, 'invitation', 'ask the office for a new one');
}

function shown({ id, role, programme, consortium, note, createdAt, expiresAt, usedBy }: Row): Invitation {
  const times = { created: createdAt.toISOString(), expires: expiresAt.toISOString() };
  return { id, role: role as Invitation['role'], programme, consortium, note, ...times, usedBy };
}

/** The users of the office who can log in; with `lock`, they are so until the transaction ends. */
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

  /** Keeps what is invited to, and hands out the link. */
  async make(what: Invited, hours: number): Promise<Link> {
    const token = randomBytes(32).toString('base64url');
    const createdAt = this.#context.now();
    const row: Row = {
      ...what,
      id: what.invitedBy === null ? FIRST : randomBytes(8).toString('hex'),
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

  /** Where nobody of the office can log in. It replaces the one before. */
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
    const it = and(eq(invitations.id, id), isNull(invitations.usedAt));
    const gone = await this.#context.tables.ask((database) => database.delete(invitations).where(it).returning());
    if (gone.length === 0) throw invitationUnknown();
  }

  #open = (token: string) =>
    and(
      eq(invitations.token, sha256Hex(token)),
      isNull(invitations.usedAt),
      gt(invitations.expiresAt, this.#context.now()),
    );

  /**
   * The first link is for as long as there is nobody, any other for as long as the one who invites is not blocked: else somebody
   * would come by it whom nobody of the office invites.
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

  /** `password` is its hash. Of two at once one wins; whose name is taken has not used the link up. @throws JikjiError `invitation-unknown`, `user-taken` */
  async accept(
    token: string,
    { user, name, password }: { user: string; name: string; password: string },
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
      return made;
    });
  }
}

export const userTaken = (user: string): JikjiError =>
  new JikjiError('user-taken', 'there is a user of this name already', user, 'choose another name');
