// A user's own log-ins, listed and ended; and whether one is fresh, for acts that ask for the password again. Of a browser only its kind
// is kept, and no address. Knows no password.

import { and, desc, eq, gt, isNull, ne } from 'drizzle-orm';
import type { JikjiError } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { sessions } from '../database/index.ts';
import type { Context } from './better-auth.ts';
import { type BrowserKind, readKind, writeKind } from './browsers.ts';
import * as refuse from './refusals.ts';
import type { LogIn } from './types.ts';

/** How long a log-in is fresh after its beginning, or after the password was asked for again. */
const FRESH_MINUTES = 5;

export class LogIns {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  #ask: Context['tables']['ask'] = (work) => this.#context.tables.ask(work);

  /** In the order of their beginning, the newest first. `token`: of the log-in that asks. */
  async list(user: string, token: string | undefined): Promise<LogIn[]> {
    const own = and(eq(sessions.userId, user), isNull(sessions.label), gt(sessions.expiresAt, this.#context.now()));
    const rows = await this.#ask((database) =>
      database.select().from(sessions).where(own).orderBy(desc(sessions.createdAt), sessions.id),
    );
    const asking = token === undefined ? undefined : sha256Hex(token);
    return rows.map(({ id, token: digest, createdAt, usedAt, userAgent }) => ({
      ...{ id, begun: createdAt.toISOString(), used: usedAt?.toISOString() ?? null },
      ...{ current: digest === asking, ...readKind(userAgent) },
    }));
  }

  /** @throws JikjiError `log-in-unknown` */
  async end(user: string, id: string): Promise<void> {
    const own = and(eq(sessions.id, id), eq(sessions.userId, user), isNull(sessions.label));
    const deleted = await this.#ask((database) => database.delete(sessions).where(own).returning());
    if (deleted.length > 0) return this.#context.watchers.tell(user);
    throw refuse.noLogIn(id.slice(0, 100));
  }

  /** Ends all log-ins but the one that asks. API tokens stay. */
  async endOthers(user: string, token: string): Promise<void> {
    const others = and(eq(sessions.userId, user), isNull(sessions.label), ne(sessions.token, sha256Hex(token)));
    await this.#ask((database) => database.delete(sessions).where(others));
    this.#context.watchers.tell(user);
  }

  async noteBrowser(token: string, kind: BrowserKind): Promise<void> {
    const own = and(eq(sessions.token, sha256Hex(token)), isNull(sessions.label));
    await this.#ask((database) =>
      database
        .update(sessions)
        .set({ userAgent: writeKind(kind) })
        .where(own),
    );
  }

  /** Notes that the password was given again. @throws JikjiError `log-in-stale` for an API token */
  async confirm(token: string): Promise<void> {
    const own = and(eq(sessions.token, sha256Hex(token)), isNull(sessions.label));
    const confirmedAt = this.#context.now();
    const found = await this.#ask((database) => database.update(sessions).set({ confirmedAt }).where(own).returning());
    if (found.length === 0) throw stale();
  }

  /** @throws JikjiError `log-in-stale` for an API token, or without a password in the last minutes */
  async requireFresh(token: string | undefined): Promise<void> {
    if (token === undefined) throw stale();
    const own = and(eq(sessions.token, sha256Hex(token)), isNull(sessions.label));
    const [found] = await this.#ask((database) => database.select().from(sessions).where(own));
    if (!found) throw stale();
    const last = Math.max(found.createdAt.getTime(), found.confirmedAt?.getTime() ?? 0);
    if (this.#context.now().getTime() - last >= FRESH_MINUTES * 60_000) throw stale();
  }
}

const stale = (): JikjiError => refuse.logInStale('this request', FRESH_MINUTES);
