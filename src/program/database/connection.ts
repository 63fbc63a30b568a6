// What a store stands on: connections to some PostgreSQL. Knows no table.

import { randomInt } from 'node:crypto';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgTransactionConfig } from 'drizzle-orm/pg-core';
import type { ClientBase, PoolClient } from 'pg';
import { JikjiError } from '../../base/index.ts';
import type { Pool } from './pool.ts';

/** Drizzle over a connection, or over a transaction on one. */
export type Database = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

export const databaseOver = (client: Pool | PoolClient): Database => drizzle(client, { casing: 'snake_case' });

/**
 * Runs `work` in a transaction on a connection of its own. Drizzle would do so by itself, but keeps the connection where BEGIN
 * fails, and a pool waits for it when it is closed.
 */
export async function transact<T>(
  pool: Pool,
  work: (database: Database) => Promise<T>,
  config?: PgTransactionConfig,
): Promise<T> {
  const client = await pool.connect();
  let spent = false;
  try {
    return await databaseOver(client).transaction(work, config);
  } catch (error) {
    spent = !(error instanceof JikjiError); // what we refuse ourselves says nothing against the connection
    throw error;
  } finally {
    client.release(spent);
  }
}

export interface Connection {
  /** For people: the folder, or the address without its password. */
  where: string;
  pool: Pool;
  /**
   * A number that is this store's alone, locked in the database as long as this process lives and can reach it. Others see by the
   * lock whether whoever took a job is still there.
   */
  lease(): Promise<number>;
  /** Makes room, and renews what the planner knows of the tables, where no server does so by itself. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** The first of the two numbers of our advisory locks; PostgreSQL shares them among all that use a database. */
export const LOCKS = 1377;
/** The second, while tables are made; leases have other numbers. */
export const MIGRATION = 0;

/** Locks a number that nobody else has. */
export async function takeLease(client: Pick<ClientBase, 'query'>, wanted?: number): Promise<number> {
  for (;;) {
    const lease = wanted ?? randomInt(1, 2 ** 31 - 1);
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      LOCKS,
      lease,
    ]);
    if (rows[0]?.taken) return lease;
    wanted = undefined;
  }
}
