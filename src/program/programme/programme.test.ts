// A programme with other writers: which entries it reads, what it writes once, and what it does if the log became shorter.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { newDatabase, SERVER } from '../database/testing/harness.ts';
import { nextEntry } from '../log/index.ts';
import type { Proposal } from '../state/index.ts';
import { Programme } from './index.ts';

const created: Proposal = { kind: 'programme-created', data: { id: 'p', name: { en: 'P' }, mode: 'practice' } };
const organisation = (id: string): Proposal => ({
  kind: 'organisation-added',
  data: { id, name: { en: id }, country: 'XX', roles: ['model'] },
});
const ids = ({ tables }: Programme): string[] => tables.all('organisations').map((row) => row.id);

describe.skipIf(!SERVER)('two writers on one database', () => {
  const both = async (
    work: (one: Programme, two: Programme, sql: (text: string) => Promise<unknown>) => Promise<void>,
  ) => {
    const { url, drop } = await newDatabase('programme');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const open = await Promise.all([Programme.open({ url }), Programme.open({ url })]);
    try {
      await work(...open, (text) => client.query(text));
    } finally {
      await Promise.all(open.map((programme) => programme.close()));
      await client.end();
      await drop();
    }
  };

  test('entries of one writer are read by the other, which continues from them', () =>
    both(async (one, two) => {
      await one.record('a', [created, organisation('x')]);
      await expectRefusal(two.record('b', [created]), 'log-moved');
      expect(ids(two)).toEqual(['x']);
      await one.record('a', [organisation('y')]);
      await two.refresh();
      expect(two.head).toEqual(one.head);
      await two.record('b', [organisation('z')]);
      await one.refresh();
      expect([ids(one), ids(two)]).toEqual([ids(two), ['x', 'y', 'z']]);
      expect(one.head).toEqual(two.head);
    }));

  test('parallel writers write an entry once', () =>
    both(async (one, two) => {
      await one.record('a', [created]);
      const say = (programme: Programme, id: string) =>
        programme.recordOnce('a', (tables) => (tables.get('organisations', id) ? [] : [organisation(id)]));
      const written = await Promise.all(
        [...'vwxyz'].flatMap((id) => [one, two].map(async (programme) => (await say(programme, id)).length)),
      );
      expect(written.reduce((sum, n) => sum + n)).toBe(5);
      await Promise.all([one.refresh(), two.refresh()]);
      expect([ids(one).sort(), one.head]).toEqual([[...'vwxyz'], two.head]);
    }));

  test('a log that became shorter is read again', () =>
    both(async (one, two, sql) => {
      await one.record('a', [created, organisation('x')]);
      await two.refresh();
      await sql('delete from jikji.entries where seq = 2');
      await two.refresh();
      expect([ids(two), two.head.seq]).toEqual([[], 1]);
      await two.record('b', [organisation('y')]);
      await one.refresh(); // as long as what it knows, and another
      expect([ids(one), one.head]).toEqual([['y'], two.head]);
    }));

  test('an entry that does not follow is named, and the earlier entries stay', () =>
    both(async (one, two, sql) => {
      await one.record('a', [created]);
      await two.refresh();
      await one.record('a', [organisation('x'), organisation('y')]);
      await sql(`update jikji.entries set actor = 'b' where seq = 3`);
      await expect(two.refresh()).rejects.toMatchObject({ code: 'log-altered', input: 'entry 3' });
      expect(two.head.seq).toBeLessThan(3);
      await sql(`update jikji.entries set actor = 'a' where seq = 3`);
      await two.refresh();
      expect([ids(two), two.head]).toEqual([['x', 'y'], one.head]);
    }));
});

test('after a failed write the state is read again, however long the database was unreachable', {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-programme-'));
  const programme = await Programme.open({ folder: await emptyDatabase(join(folder, 'database')) });
  try {
    await programme.record('a', [created]);
    const { append, entries, head } = programme.store;
    const away = () => Promise.reject(new JikjiError('database-unreachable', 'away', 'database', 'wait'));
    Object.assign(programme.store, {
      append: away,
      head: away,
      entries: () => ({ [Symbol.asyncIterator]: () => ({ next: away }) }),
    });
    await expectRefusal(programme.record('a', [organisation('ghost')]), 'database-unreachable');
    await expectRefusal(programme.refresh(), 'database-unreachable');
    Object.assign(programme.store, { append, head, entries });
    const onIt = { kind: 'consortium-formed', data: { id: 'c', name: { en: 'C' }, lead: 'ghost', members: [] } };
    await expectRefusal(programme.record('a', [onIt]), 'organisation-unknown');
    expect(ids(programme)).toEqual([]);
    await programme.record('a', [organisation('ghost'), onIt]);
    await programme.close();
    const again = await Programme.open({ folder: join(folder, 'database') });
    expect([ids(again), again.head.seq]).toEqual([['ghost'], 3]);
    await again.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an entry that the rules of this release refuse is not called a forgery', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-programme-'));
  try {
    const programme = await Programme.open({ folder: await emptyDatabase(join(folder, 'database')) });
    await programme.record('a', [created]);
    const said = { time: new Date().toISOString(), actor: 'a', kind: 'call-closed', data: { id: 'none' } };
    await programme.store.append(programme.head, [nextEntry(programme.head, said)]);
    await programme.close();
    await expect(Programme.open({ folder: join(folder, 'database') })).rejects.toMatchObject({
      code: 'log-altered',
      input: 'entry 2',
      message: expect.stringContaining('by the rules of this release'),
      hint: expect.stringContaining('a release with other rules wrote it'),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
