// A store in a folder: the conformance of all stores, the lock, other files in the folder, loss.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { afterAll, expect, test } from 'vitest';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { verifyChain } from '../log/testing/verify-chain.ts';
import { insertEntries } from './append.ts';
import { openStore } from './open.ts';
import { connectFolder } from './pglite.ts';
import { emptyDatabase, quicken } from './testing/empty.ts';
import { entryWith, openTested, START, say } from './testing/harness.ts';
import { kill, loss, startChild } from './testing/loss.common.ts';
import { conformance } from './testing/store.common.ts';

const root = mkdtempSync(join(tmpdir(), 'jikji-pglite-'));
afterAll(() => rmSync(root, { recursive: true }));
// The one that is made here, where a making was cut off, in folders that come with it. To make one takes seconds.
const folder = join(root, 'deep/er/conformance');
mkdirSync(join(folder, 'base'), { recursive: true });
writeFileSync(join(folder, 'PG_VERSION'), '1\n');
writeFileSync(`${folder}.unfinished`, '');

conformance('PGlite', () => ({ folder }));

test("one process at a time: the second is refused with the holder's name; a crash leaves no lock", async () => {
  const { child, job } = await startChild({ folder }, 'hold');
  expect(job).toBeNull();
  await expect(openStore({ folder })).rejects.toMatchObject({
    code: 'locked',
    message: `the database is in use by process ${child.pid}`,
    input: `${folder}.lock`,
  });
  await kill(child);
  expect(existsSync(`${folder}.lock`)).toBe(true);
  const store = await openStore({ folder });
  await expectRefusal(openStore({ folder }), 'locked'); // nor twice in one process
  await store.close();
  expect(readdirSync(join(folder, '..'))).toEqual(['conformance']);
  quicken(folder); // enough was opened as users have it
});

test('only its owner can look into the folder', () => {
  expect(statSync(folder).mode & 0o077).toBe(0);
});

test('a folder that holds something else is refused and left as it is', async () => {
  const other = join(root, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'letter.txt'), 'dear');
  await expect(openStore({ folder: other })).rejects.toMatchObject({ code: 'not-a-database', input: other });
  await expectRefusal(openStore({ folder: join(other, 'letter.txt') }), 'not-writable');
  await expectRefusal(openStore({ folder: join(other, 'letter.txt', 'x') }), 'not-writable');
  expect(readdirSync(other)).toEqual(['letter.txt']);
});

test('a database that was not created completely is created again', () => {
  expect(readdirSync(join(root, 'deep/er'))).toEqual(['conformance']);
  expect(readFileSync(join(folder, 'PG_VERSION'), 'utf8')).not.toBe('1\n');
});

test('damaged files: it says so, and the lock is given back', async () => {
  const broken = join(root, 'broken');
  cpSync(folder, broken, { recursive: true });
  truncateSync(join(broken, 'global/pg_control'), 100);
  await expectRefusal(openStore({ folder: broken }), 'database-broken');
  expect(existsSync(`${broken}.lock`)).toBe(false);
});

test('the main thread stays free while the database works', async () => {
  const { store, sql } = await openTested({ folder });
  let turns = 0;
  const count = (): void => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  await sql('select sum(i) from generate_series(1, 1000000) i');
  clearImmediate(next);
  expect(turns).toBeGreaterThan(100);
  await store.close();
});

test('closed during work: acknowledged writes are there after reopening', async () => {
  const { store, clear } = await openTested({ folder });
  await clear();
  await store.jobs.add('audit', 1);
  expect(await store.jobs.take(new Date())).toMatchObject({ attempts: 1 });
  const entry = await say(store, 'a');
  const waiting = Promise.all(Array.from({ length: 5 }, () => store.head()));
  await turn(); // by now they wait for the one connection
  await store.close();
  expect((await waiting).map(({ seq }) => seq)).toEqual(Array(5).fill(1));
  await expect(store.head()).rejects.toThrow();
  const again = await openStore({ folder });
  expect(await again.head()).toEqual({ seq: 1, link: entry.link });
  expect(await verifyChain(again.entries())).toEqual(await again.head());
  expect(await again.jobs.take(new Date())).toMatchObject({ id: 1, attempts: 2 });
  await again.close();
});

/** A database with no more than the first `count` migrations. */
async function olderDatabase(old: string, count: number) {
  const migrations = `${old}-migrations`;
  cpSync(new URL('./migrations', import.meta.url), migrations, { recursive: true });
  const journal = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8'));
  const entries = journal.entries.filter(({ idx }: { idx: number }) => idx < count);
  writeFileSync(join(migrations, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }));
  const connection = await connectFolder(await emptyDatabase(old));
  await connection.pool.query('drop schema jikji cascade');
  const database = drizzle(connection.pool);
  await migrate(database, { migrationsFolder: migrations, migrationsSchema: 'jikji', migrationsTable: 'migrations' });
  const made = 'select count(*)::int from jikji.migrations';
  expect((await connection.pool.query(made)).rows).toEqual([{ count }]);
  return { connection, database, migrations: journal.entries.length as number };
}

test.each([
  ['0001', 2],
  ['0010', 11],
])('a database at migration %s is migrated and keeps its data', async (name, count) => {
  const old = join(root, `old-${name}`);
  const { connection, database, migrations } = await olderDatabase(old, count);
  const entry = entryWith(START, 'a');
  await insertEntries(database, [entry]);
  await connection.pool.query(`insert into jikji.secrets values ('form', 'nonce')`);
  await connection.close();

  const store = await openStore({ folder: old });
  expect(await verifyChain(store.entries())).toEqual({ seq: 1, link: entry.link });
  expect(await store.secrets.get('form')).toBe('nonce');
  const next = await say(store, 'b');
  expect(await store.page(1, 2)).toEqual([entry, next]);
  await store.close();
  const { sql, store: again } = await openTested({ folder: old });
  expect(await sql('select count(*)::int from jikji.migrations')).toEqual([{ count: migrations }]);
  await again.close();
});

test('an object that depends on a dropped table stays, and the error comes before any change', async () => {
  const old = join(root, 'built-on');
  const { connection, migrations } = await olderDatabase(old, 4);
  await connection.pool.query('create view public.mine as select id from jikji.stages');
  await connection.close();

  for (let i = 0; i < 2; i++) await expectRefusal(openStore({ folder: old }), 'database-depended-on');
  const before = await connectFolder(old);
  expect((await before.pool.query('select count(*)::int from jikji.migrations')).rows).toEqual([{ count: 4 }]);
  expect((await before.pool.query('select * from public.mine, jikji.run_steps')).rows).toEqual([]);
  await before.pool.query('drop view public.mine');
  await before.close();
  const { sql, store } = await openTested({ folder: old });
  expect(await sql('select count(*)::int from jikji.migrations')).toEqual([{ count: migrations }]);
  await store.close();
});

// Last, in the folder that is there: to make a new one takes seconds.
loss('PGlite', () => ({ folder }));
