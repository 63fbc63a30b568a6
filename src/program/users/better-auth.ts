// Password hashes and sessions by better-auth, which only this file knows. It serves no HTTP, sends nothing and logs nothing. Session
// tokens, which it would store in clear, are stored as SHA-256. It is loaded with the first session or password: that takes half a second,
// for which neither a verb nor the start of a server should wait.

import { randomBytes } from 'node:crypto';
import type { BetterAuthOptions } from 'better-auth/minimal';
import { sha256Hex } from '../../ledger/index.ts';
import { accounts, type Database, sessions, type UserTables, users } from '../database/index.ts';
import type { Watchers } from './watchers.ts';

type Auth = Awaited<ReturnType<typeof openAuth>>;

/** What all files of this room share. */
export interface Context {
  tables: UserTables;
  auth: () => Promise<Auth>;
  now: () => Date;
  watchers: Watchers;
}

/** Opens it at the first call. */
export function lazyAuth(tables: UserTables): Context['auth'] {
  let auth: Promise<Auth> | undefined;
  return () => {
    auth ??= tables.ask(openAuth).catch((error: unknown) => {
      auth = undefined;
      throw error;
    });
    return auth;
  };
}

async function openAuth(database: Database) {
  const [{ betterAuth }, { drizzleAdapter }] = await Promise.all([
    import('better-auth/minimal'),
    import('better-auth/adapters/drizzle'),
  ]);
  const schema = { user: users, session: sessions, account: accounts };
  const adapter = drizzleAdapter(database, { provider: 'pg', schema });
  const text = { type: 'string', required: false } as const;
  const time = { type: 'date', required: false } as const;
  const { internalAdapter, password } = await betterAuth({
    database: (options: BetterAuthOptions) => hashTokens(adapter(options)),
    // For signed cookies. Our cookies are the tokens themselves, so the secret need not outlive the process.
    secret: randomBytes(32).toString('base64url'),
    baseURL: 'http://localhost',
    telemetry: { enabled: false },
    logger: { disabled: true },
    user: {
      additionalFields: {
        role: { ...text, required: true },
        programme: text,
        consortium: text,
        blocked: { type: 'boolean', required: true },
        lastSeen: time,
      },
    },
    session: { additionalFields: { label: text, usedAt: time } },
  }).$context;
  return { sessions: internalAdapter, password };
}

type Adapter = ReturnType<ReturnType<typeof import('better-auth/adapters/drizzle').drizzleAdapter>>;
type Row = Record<string, unknown>;
/** The argument of an adapter's methods. */
type Query = { model: string; where?: { field: string; value: unknown }[]; data?: Row; update?: Row; set?: Row };

/** Stores and finds session tokens by their digests. Only `create` returns the token itself. */
function hashTokens(adapter: Adapter): Adapter {
  const digest = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(digest) : typeof value === 'string' ? sha256Hex(value) : value;
  const hashed = (query: Query): Query => {
    if (query.model !== 'session') return query;
    const copy = { ...query };
    if (query.where) copy.where = query.where.map((w) => (w.field === 'token' ? { ...w, value: digest(w.value) } : w));
    for (const key of ['data', 'update', 'set'] as const) {
      const row = query[key];
      if (row && 'token' in row) copy[key] = { ...row, token: digest(row.token) };
    }
    return copy;
  };
  // All methods, also those that are not used today: none must store a token in clear.
  const methods = Object.entries(adapter).map(([name, method]) => [
    name,
    typeof method === 'function' ? (query: Query) => (method as (query: Query) => unknown)(hashed(query)) : method,
  ]);
  const hashing = Object.fromEntries(methods) as Adapter;
  return {
    ...hashing,
    create: async (query) => {
      const made: Row = await hashing.create(query);
      return (query.model === 'session' ? { ...made, token: (query.data as Row).token } : made) as never;
    },
    transaction: (work) => adapter.transaction((inner) => work(hashTokens(inner as Adapter))),
  };
}
