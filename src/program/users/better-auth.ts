// What better-auth does for us: hashes of passwords, and sessions. Only this file knows it. It has no HTTP here, sends nothing
// anywhere and says nothing; what it would keep in clear, the tokens of sessions, is kept as their SHA-256.
//
// It is loaded when users are opened: half a second that no other verb should wait for.

import { randomBytes } from 'node:crypto';
import type { BetterAuthOptions } from 'better-auth/minimal';
import { sha256Hex } from '../../ledger/index.ts';
import { accounts, type Database, sessions, type UserTables, users } from '../database/index.ts';

type Auth = Awaited<ReturnType<typeof openAuth>>;

/** What all of this room works with. */
export interface Context {
  tables: UserTables;
  auth: Auth;
  now: () => Date;
}

export async function openAuth(database: Database) {
  const [{ betterAuth }, { drizzleAdapter }] = await Promise.all([
    import('better-auth/minimal'),
    import('better-auth/adapters/drizzle'),
  ]);
  const schema = { user: users, session: sessions, account: accounts };
  const adapter = drizzleAdapter(database, { provider: 'pg', schema });
  const text = { type: 'string', required: false } as const;
  const time = { type: 'date', required: false } as const;
  const { internalAdapter, password } = await betterAuth({
    database: (options: BetterAuthOptions) => sealing(adapter(options)),
    // It would sign cookies with it; ours are the tokens themselves, so nothing outlives the process.
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
/** What all methods of an adapter are asked by. */
type Asked = { model: string; where?: { field: string; value: unknown }[]; data?: Row; update?: Row; set?: Row };

/** Tokens go into the database as their digests and are looked for by them. Only who makes a session hears its token. */
function sealing(adapter: Adapter): Adapter {
  const digest = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(digest) : typeof value === 'string' ? sha256Hex(value) : value;
  const seal = (asked: Asked): Asked => {
    if (asked.model !== 'session') return asked;
    const sealed = { ...asked };
    if (asked.where) {
      sealed.where = asked.where.map((w) => (w.field === 'token' ? { ...w, value: digest(w.value) } : w));
    }
    for (const key of ['data', 'update', 'set'] as const) {
      const row = asked[key];
      if (row && 'token' in row) sealed[key] = { ...row, token: digest(row.token) };
    }
    return sealed;
  };
  // All methods, those too that are not in use today: none must be a way around.
  const methods = Object.entries(adapter).map(([name, method]) => [
    name,
    typeof method === 'function' ? (asked: Asked) => (method as (asked: Asked) => unknown)(seal(asked)) : method,
  ]);
  const sealed = Object.fromEntries(methods) as Adapter;
  return {
    ...sealed,
    create: async (asked) => {
      const made: Row = await sealed.create(asked);
      return (asked.model === 'session' ? { ...made, token: (asked.data as Row).token } : made) as never;
    },
    transaction: (work) => adapter.transaction((inner) => work(sealing(inner as Adapter))),
  };
}
