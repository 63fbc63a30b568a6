// Opens a store in a folder or at an address, and migrates its tables. Knows no rule.

import { eq, sql } from 'drizzle-orm';
import { appendEntries, checkEntries, logMoved } from './append.ts';
import { backupBytes, contentsOf, readBackup, takeSnapshot, writeBackup } from './backup.ts';
import { type Connection, type Database, databaseOver, transact } from './connection.ts';
import { databaseCode, explain } from './failures.ts';
import { jobsOf } from './jobs.ts';
import { migrateTables } from './migrate.ts';
import { outboxOf } from './outbox.ts';
import { connectFolder } from './pglite.ts';
import { connectPostgres } from './postgres.ts';
import { secrets } from './schema.ts';
import type { Secrets, Store, UserTables } from './store.ts';
import { viewOf } from './view.ts';

/** Written entries after which a store is tidied. */
const TIDY_AFTER = 100_000;

/**
 * Opens the database in a folder, which is created if necessary, or the one at a PostgreSQL address. Close it: an open store keeps
 * the process alive.
 * @throws JikjiError `locked`, `not-a-database`, `database-address`, `database-unreachable`, `database-refused`,
 *   `database-unknown`, `database-newer`, `database-encoding`, `database-broken`
 */
export async function openStore(where: { folder: string } | { url: string }): Promise<Store> {
  const connection = 'folder' in where ? await connectFolder(where.folder) : connectPostgres(where.url);
  try {
    const client = await connection.pool.connect();
    try {
      await migrateTables(client, connection.where);
    } finally {
      client.release();
    }
    return storeOver(connection);
  } catch (error) {
    await connection.close().catch(() => {}); // the first error matters more
    throw explain(error, connection.where);
  }
}

/** A store over a connection with migrated tables. */
export function storeOver(connection: Connection): Store {
  const { where, pool } = connection;
  const database = databaseOver(pool);
  const view = viewOf(database);

  async function* guarded<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw explain(error, where);
    }
  }
  /** The same methods; their errors are explained. */
  const guardAll = <T extends object>(methods: T): T => {
    const guardOne =
      (method: (...args: unknown[]) => unknown) =>
      async (...args: unknown[]) => {
        try {
          return await method(...args);
        } catch (error) {
          throw explain(error, where);
        }
      };
    return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, guardOne(method)])) as T;
  };
  const inSnapshot = <T>(work: (database: Database) => Promise<T>): Promise<T> =>
    transact(pool, work, { isolationLevel: 'repeatable read', accessMode: 'read only' });

  const durably = <T>(work: (database: Database) => Promise<T>): Promise<T> =>
    transact(pool, async (transaction) => {
      await transaction.execute(sql`set local synchronous_commit = on`);
      return work(transaction);
    });

  let written = 0;
  const tidyAfter = async (entries: number): Promise<void> => {
    written += entries;
    if (written < TIDY_AFTER) return;
    written = 0;
    await connection.tidy();
  };

  const vault: Secrets = {
    async put(name, value) {
      await database
        .insert(secrets)
        .values({ name, value })
        .onConflictDoUpdate({ target: secrets.name, set: { value } });
    },
    get: async (name) => (await database.select().from(secrets).where(eq(secrets.name, name)))[0]?.value,
    async delete(name) {
      await database.delete(secrets).where(eq(secrets.name, name));
    },
  };

  return {
    where,
    entries: (from) => guarded(view.entries(from)),
    secrets: guardAll(vault),
    jobs: guardAll(jobsOf(database, connection)),
    outbox: guardAll(outboxOf(database, connection, durably)),
    users: guardAll<UserTables>({ ask: (work) => work(database), transact: (work) => transact(pool, work) }),
    ...guardAll<Omit<Store, 'where' | 'entries' | 'secrets' | 'jobs' | 'outbox' | 'users'>>({
      head: view.head,
      page: view.page,
      seqOfLink: view.seqOfLink,
      async append(expected, entries) {
        checkEntries(expected, entries);
        try {
          await transact(pool, (transaction) => appendEntries(transaction, expected, entries));
        } catch (error) {
          // 23505: another entry has this number. 40: serialization failure or deadlock.
          if (/^(23505|40...)$/.test(databaseCode(error) ?? '')) throw logMoved(expected);
          throw error;
        }
        await tidyAfter(entries.length);
      },
      backup: async (file) => writeBackup(view, await inSnapshot(takeSnapshot), file),
      async backupBytes() {
        const snapshot = await inSnapshot(takeSnapshot);
        return { contents: contentsOf(snapshot), bytes: guarded(backupBytes(view, snapshot)) };
      },
      async restore(file, replay, source) {
        const contents = await transact(pool, async (transaction) => {
          await transaction.execute(sql`lock table jikji.entries in exclusive mode`);
          return readBackup(transaction, { file, where, replay, source });
        });
        await connection.tidy();
        return contents;
      },
      close: connection.close,
    }),
  };
}
