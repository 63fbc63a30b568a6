// Migrates the tables to the form of this release: one folder of SQL for all databases, applied by Drizzle.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { PoolClient } from 'pg';
import { JikjiError } from '../../base/index.ts';
import { LOCKS, MIGRATION } from './connection.ts';

/** The same path in a checkout and in the package. */
const FOLDER = fileURLToPath(new URL('../../../src/program/database/migrations', import.meta.url));
const TABLE = { migrationsSchema: 'jikji', migrationsTable: 'migrations' };

/** Time of the newest migration of this release. */
function newest(): number {
  const { entries } = JSON.parse(readFileSync(`${FOLDER}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number }[];
  };
  return Math.max(...entries.map(({ when }) => when));
}

/**
 * Applies missing migrations. If several processes start at once, one of them does.
 * @throws JikjiError `database-newer`, `database-encoding`
 */
export async function migrateTables(client: PoolClient, where: string): Promise<void> {
  const database = drizzle(client);
  const ask = async <T>(query: ReturnType<typeof sql>): Promise<T | undefined> =>
    (await database.execute<{ answer: T }>(sql`select (${query}) as answer`)).rows[0]?.answer;

  const encoding = await ask<string>(sql`select current_setting('server_encoding')`);
  if (encoding !== 'UTF8') {
    const hint = 'make one with: createdb --encoding=UTF8 --template=template0';
    throw new JikjiError('database-encoding', `its encoding ${encoding} cannot hold all texts`, where, hint);
  }
  const state = async (): Promise<'missing' | 'old' | 'current'> => {
    if (!(await ask<boolean>(sql`select to_regclass('jikji.migrations') is not null`))) return 'missing';
    const last = Number(await ask(sql`select max(created_at) from jikji.migrations`));
    if (last > newest()) {
      throw new JikjiError('database-newer', 'a newer release made its tables', where, 'use it, or a newer one');
    }
    return last === newest() ? 'current' : 'old';
  };
  // Creating tables needs rights that daily work does not.
  if ((await state()) === 'current') return;
  await database.execute(sql`select pg_advisory_lock(${LOCKS}::int, ${MIGRATION}::int)`);
  try {
    if ((await state()) !== 'current') await migrate(database, { migrationsFolder: FOLDER, ...TABLE });
  } finally {
    await database.execute(sql`select pg_advisory_unlock(${LOCKS}::int, ${MIGRATION}::int)`);
  }
}
