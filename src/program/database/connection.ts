// What a store stands on: connections to some PostgreSQL. Knows no table.

import { randomInt } from 'node:crypto';
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import type { ClientBase, Pool } from 'pg';

/** Drizzle over a connection, or over a transaction on one. */
export type Database = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

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

/** A connection that breaks must not end the process: whoever uses it is told by what he waits for, and the next one gets another. */
export function survive(pool: Pool): void {
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
}
