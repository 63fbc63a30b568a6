// Sessions: log-ins and API tokens. A token has a label and a fixed end. Knows no password.

import { and, asc, eq, gt, isNotNull, isNull, lte } from 'drizzle-orm';
import { sha256Hex } from '../../ledger/index.ts';
import { sessions, type users } from '../database/index.ts';
import type { Context } from './better-auth.ts';
import { checkDays, checkName, isToken } from './input.ts';
import * as refuse from './refusals.ts';
import type { Link, Session, Token, User, Viewer } from './types.ts';

const DAY_MS = 86_400_000;
/** An unused log-in ends after this time. */
const IDLE_MS = 7 * DAY_MS;
/** Any log-in ends after these days, also a stolen one. */
export const MAX_LOG_IN_DAYS = 30;
/** Uses within this time are stored once. */
const SEEN_MS = 60_000;
const MAX_TOKEN_DAYS = 366;
const MAX_TOKENS = 50;

export type UserRow = typeof users.$inferSelect;
type SessionRow = typeof sessions.$inferSelect;

const viewerOf = ({ id, name, role, programme, consortium }: UserRow): Viewer => {
  return { user: id, name, role: role as User['role'], programme, consortium };
};

export class Sessions {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Starts a session of an authenticated user. */
  async start(user: UserRow): Promise<Session> {
    const { token, expires } = await this.#create(user.id, IDLE_MS, null);
    return { token, expires, viewer: viewerOf(user) };
  }

  /** Whether a valid token is that of a log-in, not an API token. */
  async isLogIn(token: string): Promise<boolean> {
    const own = and(eq(sessions.token, sha256Hex(token)), isNull(sessions.label));
    const found = await this.#context.tables.ask((database) => database.select().from(sessions).where(own));
    return found.length > 0;
  }

  async end(token: string): Promise<void> {
    const { tables, auth } = this.#context;
    if (isToken(token)) await tables.ask(async () => (await auth()).sessions.deleteSession(token));
  }

  /** The viewer of a token, and whether it is an API token; a use moves the end of a log-in. */
  async asker(token: string, isUse: boolean): Promise<{ viewer: Viewer; byToken: boolean } | undefined> {
    if (!isToken(token)) return undefined;
    const { tables, auth } = this.#context;
    const now = this.#context.now();
    return tables.ask(async () => {
      const { sessions } = await auth();
      const found = await sessions.findSession(token);
      const session = found?.session as SessionRow | undefined;
      const user = found?.user as UserRow | undefined;
      if (!session || !user || session.expiresAt <= now || user.blocked) return undefined;
      if (isUse && (session.usedAt === null || now.getTime() - session.usedAt.getTime() >= SEEN_MS)) {
        const latest = session.createdAt.getTime() + MAX_LOG_IN_DAYS * DAY_MS;
        const expiresAt = new Date(Math.min(now.getTime() + IDLE_MS, latest));
        await sessions.updateSession(token, { usedAt: now, ...(session.label === null && { expiresAt }) });
        await sessions.updateUser(user.id, { lastSeen: now });
      }
      return { viewer: viewerOf(user), byToken: session.label !== null };
    });
  }

  /** @throws JikjiError `name-unfit`, `days-unfit`, `tokens-full` */
  async newToken(user: string, { name, days }: { name: string; days: number }): Promise<Link> {
    checkName(name);
    checkDays(days, MAX_TOKEN_DAYS);
    const made = await this.#create(user, days * DAY_MS, name.trim());
    // Counted afterwards: parallel calls would all pass a check before.
    if ((await this.tokens(user)).length <= MAX_TOKENS) return made;
    await this.dropToken(user, made.id);
    throw refuse.tokensFull(user, MAX_TOKENS);
  }

  async tokens(user: string): Promise<Token[]> {
    const now = this.#context.now();
    const valid = and(eq(sessions.userId, user), isNotNull(sessions.label), gt(sessions.expiresAt, now));
    const rows = await this.#context.tables.ask((database) =>
      database.select().from(sessions).where(valid).orderBy(asc(sessions.createdAt), asc(sessions.id)),
    );
    return rows.map(({ id, label, createdAt, expiresAt, usedAt }) => {
      const times = { created: createdAt.toISOString(), expires: expiresAt.toISOString() };
      return { id, name: label!, ...times, used: usedAt?.toISOString() ?? null };
    });
  }

  /** @throws JikjiError `token-unknown` */
  async dropToken(user: string, id: string): Promise<void> {
    const own = and(eq(sessions.id, id), eq(sessions.userId, user), isNotNull(sessions.label));
    const deleted = await this.#context.tables.ask((database) => database.delete(sessions).where(own).returning());
    if (deleted.length > 0) return;
    throw refuse.noToken(id.slice(0, 100));
  }

  /** Creates a session, and deletes all expired ones. */
  async #create(user: string, lifetimeMs: number, label: string | null): Promise<Link> {
    const now = this.#context.now();
    const expiresAt = new Date(now.getTime() + lifetimeMs);
    return this.#context.tables.ask(async (database) => {
      await database.delete(sessions).where(lte(sessions.expiresAt, now));
      const more = { expiresAt, createdAt: now, updatedAt: now, label };
      const auth = await this.#context.auth();
      const { id, token } = await auth.sessions.createSession(user, false, more, true);
      return { id, token, expires: expiresAt.toISOString() };
    });
  }
}
