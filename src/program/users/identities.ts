// Identities of users at an OpenID provider: an issuer and its subject, never a name or an address of e-mail. An identity belongs to one
// user. None makes a user without an invitation. Knows no provider.

import { randomBytes } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { JikjiError } from '../../base/index.ts';
import { type Database, identities, users } from '../database/index.ts';
import type { Context } from './better-auth.ts';
import { checkWho } from './input.ts';
import type { Invitations } from './invitations.ts';
import * as refuse from './refusals.ts';
import type { Sessions, UserRow } from './sessions.ts';
import type { Session } from './types.ts';

/** A person at a provider, as a checked ID token names him. */
export interface Identity {
  issuer: string;
  subject: string;
}

/** An identity as its user sees it. */
export interface OwnIdentity extends Identity {
  linked: string;
  used: string | null;
  /** Whether its user has no password. */
  only: boolean;
}

const unknown = (): JikjiError => refuse.identityUnknown('identity');
const taken = (): JikjiError => refuse.identityTaken('identity');

export class Identities {
  readonly #context: Context;
  readonly #sessions: Sessions;
  readonly #invitations: Invitations;

  constructor(context: Context, { sessions, invitations }: { sessions: Sessions; invitations: Invitations }) {
    this.#context = context;
    this.#sessions = sessions;
    this.#invitations = invitations;
  }

  /** @throws JikjiError `identity-unknown`, also for a blocked user */
  async logIn(identity: Identity): Promise<Session> {
    const found = await this.#find(identity);
    if (!found || found.blocked) throw unknown();
    const session = await this.#sessions.start(found);
    // If the user was blocked or lost the identity meanwhile, this session ends.
    const again = await this.#find(identity);
    if (!again || again.blocked || again.id !== found.id) {
      await this.#sessions.end(session.token);
      throw unknown();
    }
    const set = { usedAt: this.#context.now() };
    await this.#context.tables.ask((database) => database.update(identities).set(set).where(isIdentity(identity)));
    return session;
  }

  /**
   * Uses up the link of an invitation for a user who logs in with this identity alone.
   * @throws JikjiError `invitation-unknown`, `user-taken`, `user-unfit`, `name-unfit`, `identity-taken`
   */
  async accept(token: string, { user, name }: { user: string; name: string }, identity: Identity): Promise<Session> {
    checkWho(user, name);
    const made = { user, name: name.trim(), password: noPassword() };
    const row = await this.#invitations.accept(token, made, (database) => this.#insert(database, user, identity, true));
    return this.#sessions.start(row);
  }

  /** Adds an identity to a user who has a password. @throws JikjiError `identity-taken` */
  link(user: string, identity: Identity): Promise<void> {
    return this.#context.tables.ask((database) => this.#insert(database, user, identity, false));
  }

  /** @throws JikjiError `identity-unknown` if there is none; `identity-only` if the user could not log in any more */
  async unlink(user: string, issuer: string): Promise<void> {
    const own = and(eq(identities.userId, user), eq(identities.issuer, issuer));
    await this.#context.tables.transact(async (database) => {
      const [row] = await database.delete(identities).where(own).returning();
      if (!row) throw unknown();
      if (row.only) throw refuse.identityOnly(user);
    });
  }

  async of(user: string): Promise<OwnIdentity[]> {
    const rows = await this.#context.tables.ask((database) =>
      database.select().from(identities).where(eq(identities.userId, user)).orderBy(identities.issuer),
    );
    return rows.map(({ issuer, subject, linkedAt, usedAt, only }) => {
      return { issuer, subject, linked: linkedAt.toISOString(), used: usedAt?.toISOString() ?? null, only };
    });
  }

  async #find(identity: Identity): Promise<UserRow | undefined> {
    const [row] = await this.#context.tables.ask((database) =>
      database.select().from(identities).innerJoin(users, eq(users.id, identities.userId)).where(isIdentity(identity)),
    );
    return row?.users;
  }

  async #insert(database: Database, userId: string, { issuer, subject }: Identity, only: boolean): Promise<void> {
    const row = { issuer, subject, userId, only, linkedAt: this.#context.now(), usedAt: null };
    const added = await database.insert(identities).values(row).onConflictDoNothing().returning();
    if (added.length === 0) throw taken();
  }
}

const isIdentity = ({ issuer, subject }: Identity) =>
  and(eq(identities.issuer, issuer), eq(identities.subject, subject));

/** A hash that no password has. */
const noPassword = (): string => `${randomBytes(16).toString('hex')}:${randomBytes(64).toString('hex')}`;
