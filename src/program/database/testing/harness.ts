// A store to test, with direct access to its database. Used over PGlite and PostgreSQL alike.

import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { skipped } from '../../../base/testing/skipped.ts';
import { temporaryFolder } from '../../../base/testing/temporary-folder.ts';
import type { Json } from '../../../ledger/index.ts';
import { type Entry, type Head, nextEntry, START } from '../../log/index.ts';
import { migrateTables } from '../migrate.ts';
import { storeOver } from '../open.ts';
import { connectFolder } from '../pglite.ts';
import { connectPostgres } from '../postgres.ts';
import type { Store } from '../store.ts';
import { emptyDatabase } from './empty.ts';

export type Where = { folder: string } | { url: string };

export interface Tested {
  store: Store;
  /** As somebody with the database's own tools. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Empties the database. */
  clear(): Promise<void>;
}

export async function openTested(where: Where): Promise<Tested> {
  const connection = 'folder' in where ? await connectFolder(where.folder) : connectPostgres(where.url);
  const client = await connection.pool.connect();
  await migrateTables(client, connection.where);
  client.release();
  const sql = async (text: string, values?: unknown[]) => (await connection.pool.query(text, values)).rows;
  const clear = async () => {
    // Quicker than to truncate all: that makes new files.
    await sql('delete from jikji.entries; delete from jikji.secrets; truncate jikji.jobs restart identity');
  };
  return { store: storeOver(connection), sql, clear };
}

/** Appends one entry that says `data`. */
export async function say(store: Store, data: Json = null): Promise<Entry> {
  const head = await store.head();
  const entry = entryWith(head, data);
  await store.append(head, [entry]);
  return entry;
}

/** Entries of a kind that no release knows: a store does not know kinds. */
export const entryWith = (head: Head, data: Json = null): Entry =>
  nextEntry(head, {
    time: new Date(Date.UTC(2026, 0, 1) + head.seq).toISOString(),
    actor: 'office:1',
    kind: 'made-up',
    data,
  });

/** The entries that say these after `head`. */
export function entriesWith(head: Head, said: Iterable<Json>): Entry[] {
  const entries: Entry[] = [];
  for (const data of said) entries.push(entryWith(entries.at(-1) ?? head, data));
  return entries;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The address of a PostgreSQL server to test on; undefined where there is none, which CI does not put up with. */
export const SERVER = process.env.JIKJI_TEST_POSTGRES;
skipped('PostgreSQL', SERVER ? undefined : 'JIKJI_TEST_POSTGRES names no server');

/** An address like the server's with parts of it replaced. */
export function address(parts: Partial<Pick<URL, 'username' | 'password' | 'hostname' | 'port' | 'pathname'>>): string {
  return Object.assign(new URL(SERVER!), parts).href;
}

/** A database of its own on that server. */
export async function newDatabase(name: string, options = ''): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = async (text: string) => {
    const client = new pg.Client({ connectionString: SERVER! });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  const database = `jikji_${name}_${process.pid}`;
  await admin(`drop database if exists ${database} with (force)`);
  await admin(`create database ${database} ${options}`);
  return { url: address({ pathname: `/${database}` }), drop: () => admin(`drop database ${database} with (force)`) };
}

export interface Place {
  name: 'PGlite' | 'PostgreSQL';
  /** Known from the first hook on. */
  where: Where;
}

/** The same tests over an empty database in a folder, and over one on the server where there is one. */
export function overDatabases(what: string, tests: (place: Place) => void): void {
  const over = (name: Place['name'], make: () => Promise<Where>) =>
    describe(`${what} over ${name}`, () => {
      const place = { name } as Place;
      beforeAll(async () => {
        place.where = await make();
      });
      tests(place);
    });
  const folder = temporaryFolder();
  over('PGlite', async () => ({ folder: await emptyDatabase(join(folder, 'store')) }));
  describe.skipIf(!SERVER)('on a server', () => {
    let made: Awaited<ReturnType<typeof newDatabase>> | undefined;
    afterAll(() => made?.drop());
    over('PostgreSQL', async () => {
      made = await newDatabase(what.replace(/\W/g, '_'));
      return { url: made.url };
    });
  });
}

/** The same over stores that are open; `tested` is one from the first hook on. */
export function overStores(what: string, tests: (tested: Tested, place: Place) => void): void {
  overDatabases(what, (place) => {
    const tested = {} as Tested;
    beforeAll(async () => void Object.assign(tested, await openTested(place.where)));
    afterAll(() => tested.store?.close());
    tests(tested, place);
  });
}

export { START };
