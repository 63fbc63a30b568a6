// Connections to a PostgreSQL, under a store. Knows no table.

import { randomInt } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgColumn, PgDatabase, PgTransactionConfig } from 'drizzle-orm/pg-core';
import type { ClientBase, PoolClient } from 'pg';
import { JikjiError } from '../../base/index.ts';
import type { Pool } from './pool.ts';

/** Drizzle over a connection or a transaction. */
export type Database = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

export const databaseOver = (client: Pool | PoolClient): Database => drizzle(client, { casing: 'snake_case' });

/**
 * Runs `work` in a transaction on its own connection. Drizzle's own transactions do not release the connection if BEGIN fails, and
 * closing the pool would wait for it.
 */
export async function transact<T>(
  pool: Pool,
  work: (database: Database) => Promise<T>,
  config?: PgTransactionConfig,
): Promise<T> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    return await databaseOver(client).transaction(work, config);
  } catch (error) {
    isBroken = !(error instanceof JikjiError); // after our own refusal the connection still works
    throw error;
  } finally {
    client.release(isBroken);
  }
}

export interface Connection {
  /** For people: the folder, or the address without its password. */
  where: string;
  pool: Pool;
  /** This store's own number, locked in the database while this process lives and reaches it: the lock shows that its jobs still run. */
  lease(): Promise<number>;
  /** Runs VACUUM ANALYZE, unless a server does so by itself. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** The first number of our advisory locks, which are shared by all users of a database. */
export const LOCKS = 1377;
/** The second number during a migration; leases have other numbers. */
export const MIGRATION = 0;

/** Locks a free number: `wanted` if possible. */
export async function takeLease(client: Pick<ClientBase, 'query'>, wanted?: number): Promise<number> {
  for (;;) {
    const lease = wanted ?? randomInt(1, 2 ** 31 - 1);
    const query = 'select pg_try_advisory_lock($1, $2) as taken';
    const { rows } = await client.query<{ taken: boolean }>(query, [LOCKS, lease]);
    if (rows[0]?.taken) return lease;
    wanted = undefined;
  }
}

/** Whether the store that took something, and wrote its lease into `taker`, still holds its lock. */
export const takerLives = (taker: PgColumn): SQL => sql`exists (
  select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())
    and classid::bigint = ${LOCKS}::bigint and objid::bigint = ${taker}
)`;
