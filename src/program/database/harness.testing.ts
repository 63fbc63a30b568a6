// A store to test, with a way behind its back. Used over PGlite and PostgreSQL alike.

import { getTableConfig } from 'drizzle-orm/pg-core';
import pg from 'pg';
import type { Json } from '../../ledger/index.ts';
import { type Entry, nextEntry, START } from '../log/index.ts';
import type { Change } from '../state/index.ts';
import { migrateTables } from './migrate.ts';
import { storeOver } from './open.ts';
import { connectFolder } from './pglite.ts';
import { connectPostgres } from './postgres.ts';
import { shapeOf, TABLE_NAMES } from './rows.ts';
import type { Fold, Store } from './store.ts';

export interface Tested {
  store: Store;
  /** As somebody with the database's own tools. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Empties the database. */
  clear(): Promise<void>;
}

export async function openTested(where: { folder: string } | { url: string }): Promise<Tested> {
  const connection = 'folder' in where ? await connectFolder(where.folder) : connectPostgres(where.url);
  const client = await connection.pool.connect();
  await migrateTables(client, connection.where);
  client.release();
  const sql = async (text: string, values?: unknown[]) => (await connection.pool.query(text, values)).rows;
  const tables = [...TABLE_NAMES.map((name) => getTableConfig(shapeOf(name).table).name), 'entries', 'secrets'];
  const clear = async () => {
    // Quicker than to truncate all: that makes new files.
    await sql(`${tables.map((name) => `delete from jikji.${name};`).join('')} truncate jikji.jobs restart identity`);
  };
  return { store: storeOver(connection), sql, clear };
}

/** In tests an entry says itself which changes it comes to. */
export const fold: Fold = ({ data }) => (data as unknown as { changes: Change[] }).changes;

/** Appends one entry with its changes. */
export async function say(store: Store, changes: Change[], more: Json = null): Promise<Entry> {
  const head = await store.head();
  const entry = entryWith(head, changes, more);
  await store.append(head, [entry], changes);
  return entry;
}

export const entryWith = (head: { seq: number; link: string }, changes: Change[], more: Json = null): Entry =>
  nextEntry(head, {
    time: new Date(Date.UTC(2026, 0, 1) + head.seq).toISOString(),
    actor: 'office:1',
    kind: 'made-up',
    data: { changes: changes as unknown as Json, more },
  });

export const call = (id: string, title: Json = { en: id }, status = 'open'): Change => ({
  table: 'calls',
  key: { id },
  row: { title, status },
});
export const gone = (id: string): Change => ({ table: 'calls', key: { id }, row: null });
export const step = (submission: string, step: number, loss: number | null = step / 3): Change => ({
  table: 'runSteps',
  key: { submission, step },
  row: { loss, gradNorm: null, learningRate: 1e-3 },
});

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The address of a PostgreSQL server to test on; undefined where there is none, which CI does not put up with. */
export const SERVER = process.env.JIKJI_TEST_POSTGRES;
if (!SERVER) {
  if (process.env.CI === 'true') throw new Error('JIKJI_TEST_POSTGRES must name a PostgreSQL server in CI');
  console.warn('skipped: PostgreSQL: JIKJI_TEST_POSTGRES names no server');
}

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

export { START };
