// A store on a PostgreSQL server: the conformance of all stores, several stores at once, faults of an address or a server, loss.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { verifyChain } from '../log/testing/verify-chain.ts';
import type { Job } from './jobs.ts';
import { openStore } from './open.ts';
import type { Store } from './store.ts';
import { type How, standBetween } from './testing/cut.ts';
import { address, entriesWith, entryWith, newDatabase, openTested, SERVER, START, say } from './testing/harness.ts';
import { kill, loss, startChild } from './testing/loss.common.ts';
import { conformance } from './testing/store.common.ts';

type Made = Awaited<ReturnType<typeof newDatabase>>;

describe.skipIf(!SERVER)('PostgreSQL', () => {
  const made: Made[] = [];
  const make = async (name: string, options?: string): Promise<Made> => {
    const database = await newDatabase(name, options);
    made.push(database);
    return database;
  };
  let url: string;
  beforeAll(async () => {
    ({ url } = await make('tests'));
  });
  afterAll(async () => {
    for (const { drop } of made) await drop();
  });
  const ask = async (url: string, text: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return (await client.query(text).finally(() => client.end())).rows;
  };

  /** The database as it is made: without our tables. */
  const bare = () => ask(url, 'drop schema if exists jikji cascade');

  conformance('PostgreSQL', () => ({ url }));
  loss('PostgreSQL', () => ({ url }));

  test("two stores: of two writers one succeeds, the other gets an error; each sees the other's entries", async () => {
    await bare();
    const [a, b] = await Promise.all([openStore({ url }), openStore({ url })]); // both make the tables
    for (let round = 0; round < 10; round++) {
      const head = await a.head();
      expect(await b.head()).toEqual(head);
      const ends = await Promise.allSettled(
        [a, b].map((store, i) => store.append(head, [entryWith(head, [i, round])])),
      );
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = ends.find((end) => end.status === 'rejected')!;
      expect(lost.reason).toMatchObject({ code: 'log-moved', input: `entry ${round + 1}` });
    }
    expect(await verifyChain(a.entries())).toEqual(await b.head());
    await Promise.all([a.close(), b.close()]);
  });

  test('a backup does not hold entries that are written meanwhile', async () => {
    await bare();
    const [store, writer] = [await openStore({ url }), await openStore({ url })];
    const folder = mkdtempSync(join(tmpdir(), 'jikji-postgres-'));
    try {
      const file = join(folder, 'backup');
      for (let i = 0; i < 500; i++) await say(store, 'x'.repeat(10_000));
      let writing = true;
      const ended = (async () => {
        for (let i = 0; writing; i++) {
          await say(writer, i);
          await writer.secrets.put('last', String((await writer.head()).seq));
        }
      })();
      const contents = await store.backup(file);
      writing = false;
      await ended;
      expect((await store.head()).seq).toBeGreaterThan(contents.head.seq);
      await bare();
      const again = await openStore({ url });
      expect(await again.restore(file)).toEqual(contents); // its log has the head that it says
      const last = Number((await again.secrets.get('last')) ?? 500);
      expect([last, last + 1]).toContain(contents.head.seq);
      await again.close();
    } finally {
      await Promise.all([store.close(), writer.close()]);
      rmSync(folder, { recursive: true });
    }
  });

  test('jobs of two stores: each job goes to one store; jobs of a store that ends without releasing them are handed out again', async () => {
    await bare();
    const stores = [await openStore({ url }), await openStore({ url })] as const;
    const now = new Date();
    for (let i = 0; i < 20; i++) await stores[0].jobs.add('audit', i);
    const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2]!.jobs.take(now)));
    expect(new Set(taken.map((job) => job!.id)).size).toBe(20);
    expect(await stores[0].jobs.take(now)).toBeUndefined();
    const [own, others] = [taken[0]!, taken[1]!];
    await expectRefusal(stores[0].jobs.finish(others.id, 1), 'job-not-held');
    await stores[1].close();
    const again: Job[] = [];
    while (again.length < 10) {
      // the server takes a moment to see that the other has gone
      const round = await Promise.all(Array.from({ length: 12 }, () => stores[0].jobs.take(now)));
      again.push(...round.filter((job) => job !== undefined));
    }
    expect(new Set(again.map((job) => job.id)).size).toBe(10);
    expect(again.map((job) => job.attempts)).toEqual(Array(10).fill(2));
    expect(await stores[0].jobs.take(now)).toBeUndefined();
    await stores[0].jobs.finish(own.id, 1);
    await stores[0].close();
  });

  test('a job of a process that was killed', async () => {
    await bare();
    const store = await openStore({ url });
    await store.jobs.add('audit', 1);
    const { child, job } = await startChild({ url }, 'hold');
    expect(job).toMatchObject({ id: 1, attempts: 1 });
    expect(await store.jobs.take(new Date())).toBeUndefined();
    await kill(child);
    let again: unknown;
    while (!again) again = await store.jobs.take(new Date()); // the server takes a moment to see that it is gone
    expect(again).toMatchObject({ id: 1, attempts: 2 });
    await store.close();
  });

  const PASSWORD = 'se-cret!1377';
  const said = (error: unknown): string => {
    expect(error).toBeInstanceOf(JikjiError);
    const { message, input, hint, stack, cause } = error as JikjiError;
    const causes = cause instanceof Error ? [cause.message, cause.stack, JSON.stringify(cause)] : [];
    return [message, input, hint, stack, ...causes].join('\n');
  };
  test.each<[string, () => string, string]>([
    ['a wrong password', () => address({ password: PASSWORD }), 'database-refused'],
    ['an unknown user', () => address({ username: 'nobody-here', password: PASSWORD }), 'database-refused'],
    ['no password', () => address({ password: '' }), 'database-refused'],
    ['a database that is not there', () => address({ pathname: '/jikji_nowhere' }), 'database-unknown'],
    ['a port where nobody listens', () => address({ port: '1', password: PASSWORD }), 'database-unreachable'],
    ['a socket that is not there', () => `postgres://u:${PASSWORD}@%2Fnowhere/x`, 'database-unreachable'],
    ['another kind of address', () => `mysql://u:${PASSWORD}@localhost/x`, 'database-address'],
    ['no address', () => `postgres://u:${PASSWORD}@host:port/x`, 'database-address'],
    ['a file', () => `./${PASSWORD}`, 'database-address'],
  ])('%s', async (_, url, code) => {
    const error = await openStore({ url: url() }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code });
    expect(said(error)).not.toContain(PASSWORD);
    expect(said(error)).not.toContain(encodeURIComponent(PASSWORD));
  });

  test('no password for a server that requires one: the connection is closed', async () => {
    const between = await standBetween(url);
    try {
      await expectRefusal(
        openStore({ url: Object.assign(new URL(between.url), { password: '' }).href }),
        'database-refused',
      );
      while (between.open() > 0) await turn();
    } finally {
      between.close();
    }
  });

  test('a database that cannot hold all texts', async () => {
    const ascii = await make('ascii', `encoding 'SQL_ASCII' locale 'C' template template0`);
    await expectRefusal(openStore({ url: ascii.url }), 'database-encoding');
  });

  test('tables of a newer release are not changed', async () => {
    await bare();
    await (await openStore({ url })).close();
    await ask(url, `insert into jikji.migrations (hash, created_at) values ('x', 9999999999999)`);
    await expectRefusal(openStore({ url }), 'database-newer');
  });

  test('other tables may exist, and the right to create tables is needed only once', async () => {
    await bare();
    await ask(url, 'create table if not exists entries (x int); create table if not exists jobs (y text)');
    await (await openStore({ url })).close();
    const role = `jikji_worker_${process.pid}`;
    await ask(url, `create role ${role} login password 'worker'`);
    try {
      await expectRefusal(
        openStore({ url: Object.assign(new URL(url), { username: role, password: 'worker' }).href }),
        'database-forbidden',
      );
      await ask(
        url,
        `grant usage on schema jikji to ${role}; grant select, insert, update, delete on all tables in schema jikji to ${role}; grant usage on all sequences in schema jikji to ${role}`,
      );
      const store = await openStore({ url: Object.assign(new URL(url), { username: role, password: 'worker' }).href });
      await say(store, 'a');
      await store.jobs.add('audit', 1);
      await store.close();
    } finally {
      await ask(url, `drop owned by ${role}; drop role ${role}`);
    }
  });

  test('connections that the server ends: an error, no partial write, and new connections afterwards', async () => {
    await bare();
    const { store, sql } = await openTested({ url });
    await store.jobs.add('audit', 1);
    const job = await store.jobs.take(new Date());
    const endAll = () =>
      ask(
        url,
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
      );
    /** The first to use a connection that is gone may be told so. */
    const head = async () => {
      for (;;) {
        const [end] = await Promise.allSettled([store.head()]);
        if (end.status === 'fulfilled') return end.value;
        expect(end.reason).toMatchObject({ code: 'database-unreachable' });
      }
    };
    for (let round = 0; round < 5; round++) {
      const expected = await head();
      const entries = entriesWith(expected, Array(5000).fill({ round }));
      const [end] = await Promise.allSettled([store.append(expected, entries), endAll()]);
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'database-unreachable' });
      expect([expected.seq, expected.seq + 5000]).toContain((await head()).seq);
    }
    expect(await verifyChain(store.entries())).toEqual(await head());
    // The lock that held the job went with its connection: it is taken anew, under the same number.
    await store.jobs.finish(job!.id, 'done');
    expect(await sql('select status from jikji.jobs')).toEqual([{ status: 'done' }]);
    await store.close();
  });

  /** Words of what is asked, one for each statement, and what asks it. */
  const WORDS = {
    append: ['begin', 'set local', 'order by', 'into "jikji"."entries"', 'commit'],
    backup: ['begin', 'order by', '"jikji"."secrets"', 'commit'],
    page: ['order by'],
    head: ['order by'],
    take: ['pg_try_advisory_lock', 'update "jikji"."jobs"'],
    open: ['client_encoding', 'server_encoding'],
  };
  test.each<How>(['cut', 'terminated'])(
    'a connection that is %s, at whatever statement: it is said at once, and nothing waits for it',
    async (how) => {
      await bare();
      const between = await standBetween(url);
      const folder = mkdtempSync(join(tmpdir(), 'jikji-postgres-'));
      const unreachable = async (work: Promise<unknown>) => {
        const [end] = await Promise.allSettled([work]);
        expect(between.ended()).toBe(true);
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'database-unreachable' } });
      };
      const work: Record<keyof typeof WORDS, (store: Store) => Promise<unknown>> = {
        append: (store) => store.append(START, [entryWith(START, 'a')]),
        backup: (store) => store.backup(join(folder, 'backup')),
        page: (store) => store.page(1, 1),
        head: (store) => store.head(),
        take: (store) => store.jobs.take(new Date()),
        open: () => openStore({ url: between.url }),
      };
      try {
        for (const [name, words] of Object.entries(WORDS)) {
          for (const word of words) {
            if (word === 'client_encoding' && how === 'terminated') continue; // it has no process yet
            const store = await openStore({ url: between.url });
            between.endAt(word, how);
            await unreachable(work[name as keyof typeof WORDS](store));
            expect(await store.head()).toEqual(START);
            if (name === 'backup' && word !== 'commit') expect(readdirSync(folder)).toEqual([]);
            await store.close(); // waits for all connections
          }
        }
      } finally {
        between.close();
        rmSync(folder, { recursive: true });
      }
    },
  );

  test('closed during many requests: all are answered, and the lease is released', async () => {
    await bare();
    const store = await openStore({ url });
    const taken = Promise.allSettled([store.jobs.take(new Date())]);
    const waiting = Promise.all(Array.from({ length: 20 }, () => store.head()));
    await turn(); // by now most of them wait for a connection
    await store.close();
    expect(await waiting).toEqual(Array(20).fill(START));
    await taken;
    await expect(store.head()).rejects.toThrow();
  });

  test("appends wait for the disk, whatever the server's default is", async () => {
    await bare();
    const { store, sql } = await openTested({ url: `${url}?options=-c%20synchronous_commit%3Doff` });
    expect(await sql('show synchronous_commit')).toEqual([{ synchronous_commit: 'off' }]);
    await sql(
      `create function jikji.note() returns trigger language plpgsql as $$ begin new.actor = current_setting('synchronous_commit'); return new; end $$`,
    );
    await sql('create trigger note before insert on jikji.entries for each row execute function jikji.note()');
    await store.append(START, [entryWith(START)]);
    expect((await store.page(1, 1))[0]?.actor).toBe('on');
    await store.close();
  });
});
