// What every store must do, whichever database is behind it.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { Random } from '../../base/mutate.testing.ts';
import { canonicalJson, type Json, sha256Hex } from '../../ledger/index.ts';
import { nextEntry, START } from '../log/index.ts';
import { TABLES, type TableName } from '../state/index.ts';
import { all, call, entryWith, fold, gone, openTested, say, step, type Tested } from './harness.testing.ts';
import { TABLE_NAMES } from './rows.ts';
import type { Store } from './store.ts';
import { verifyStore } from './verify.ts';

const DAMAGES = process.env.JIKJI_TORTURE ? 2000 : 100;

export function conformance(name: string, where: () => { folder: string } | { url: string }): void {
  describe(`a store over ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'jikji-store-'));
    let tested: Tested;
    let store: Store;
    beforeAll(async () => {
      tested = await openTested(where());
      store = tested.store;
    });
    afterAll(async () => {
      await store?.close();
      rmSync(folder, { recursive: true });
    });
    beforeEach(() => tested.clear());
    const now = new Date('2026-01-01T00:00:00.000Z');
    const sql = (text: string, values?: unknown[]) => tested.sql(text, values);
    const isFresh = async () => {
      expect(await store.head()).toEqual(START);
      expect(await all(store.rows('calls'))).toEqual([]);
    };

    test('what is appended is read, and the head moves', async () => {
      await isFresh();
      const first = await say(store, [call('a')]);
      const second = await say(store, [call('b')], '한글 😀');
      expect(await all(store.entries())).toEqual([first, second]);
      expect(await all(store.entries(2))).toEqual([second]);
      expect(await all(store.entries(3))).toEqual([]);
      expect(await store.head()).toEqual({ seq: 2, link: second.link });
      expect(await store.read.page(1, 1)).toEqual([first]);
      expect(await store.read.row('calls', 'b')).toEqual({ id: 'b', title: { en: 'b' }, status: 'open' });
      expect(await store.read.row('calls', 'c')).toBeUndefined();
      expect(await store.read.all('calls')).toHaveLength(2);
    });

    test('a question that fails holds up nobody who waits behind it', async () => {
      const ends = await Promise.allSettled([sql('select 1/0'), store.head(), sql('nonsense'), store.head()]);
      expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    });

    test('pages: many entries in one append, many rows, in the order of their keys', async () => {
      const names = [
        'b',
        'B',
        'a',
        'a-1',
        'a1',
        '가',
        '\uffee',
        '😀',
        ...Array.from({ length: 2300 }, (_, i) => `z${i}`),
      ];
      let head = START;
      const entries = names.map((id) => {
        const entry = entryWith(head, [call(id)]);
        head = { seq: entry.seq, link: entry.link };
        return entry;
      });
      await store.append(START, entries, entries.flatMap(fold));
      expect(await all(store.entries())).toEqual(entries);
      const byBytes = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect((await all(store.rows('calls'))).map(({ id }) => id)).toEqual(byBytes);

      const steps = ['b', 'a'].flatMap((run) => Array.from({ length: 1500 }, (_, i) => step(run, 1499 - i)));
      await say(store, steps);
      const expected = ['a', 'b'].flatMap((run) => Array.from({ length: 1500 }, (_, i) => [run, i]));
      expect((await all(store.rows('runSteps'))).map((row) => [row.submission, row.step])).toEqual(expected);
      expect(await store.read.curve('b', 1497)).toEqual([
        { step: 1498, loss: 1498 / 3, gradNorm: null, learningRate: 1e-3 },
        { step: 1499, loss: 1499 / 3, gradNorm: null, learningRate: 1e-3 },
      ]);
      expect(await store.read.curve('c')).toEqual([]);
    });

    test('changes: rows come, change, go; of several to one row in one append the last counts', async () => {
      await say(store, [call('a'), call('b'), call('c')]);
      await say(store, [call('a', '12', 'closed'), gone('b'), gone('never-there'), call('d'), gone('d')]);
      await say(store, [gone('c'), call('c', { en: 'again' })]);
      expect(await all(store.rows('calls'))).toEqual([
        { id: 'a', title: '12', status: 'closed' },
        { id: 'c', title: { en: 'again' }, status: 'open' },
      ]);
      expect((await verifyStore(store, fold)).altered).toBeUndefined();
    });

    test('JSON comes back as it was', async () => {
      const values: Json[] = [
        ...[
          '12',
          'null',
          'true',
          '{"a":1}',
          '"',
          '',
          ' ',
          '한글',
          '😀',
          '\u0001\u001f\u007f\u2028',
          "'; drop table x; --",
          '\\u0000',
        ],
        ...[0, 1, -1, 0.1, 1 / 3, 1e21, 1e-7, 123456789012345680000, 2 ** 53, 5e-324, 1.7976931348623157e308, -2.5e-10],
        ...[true, false, null, [], {}, [null], { a: null }, { '': 1, __proto__x: 2, b: { 가: [[], [1, 'x']] } }],
        JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
      ];
      await say(
        store,
        values.map((value, i) => call(`v${i}`, value)),
        values,
      );
      expect((await all(store.entries()))[0]!.data).toMatchObject({ more: values });
      for (const [i, value] of values.entries()) {
        const row = await store.read.row('calls', `v${i}`);
        expect(canonicalJson(row!.title!)).toBe(canonicalJson(value));
      }
      expect((await verifyStore(store, fold)).altered).toBeUndefined();
    });

    test('numbers in columns keep every bit', async () => {
      const values = [0, 0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -123.456, 2 ** 53 - 1, null];
      await say(
        store,
        values.map((value, i) => step('run', i, value)),
      );
      expect((await store.read.curve('run')).map(({ loss }) => loss)).toEqual(values);
      const bytes = Number.MAX_SAFE_INTEGER;
      const row = {
        stage: 's',
        consortium: 'c',
        kind: 'bundle',
        digest: 'd',
        bytes,
        status: 'x',
        maker: null,
        receivedSeq: 1,
      };
      await say(store, [{ table: 'submissions', key: { id: 'x' }, row }]);
      expect(await store.read.of('submissions', 'stage', 's')).toEqual([{ id: 'x', ...row }]);
      expect(await store.read.of('submissions', 'consortium', 'other')).toEqual([]);
    });

    test('every table takes a row, changes it, and loses it', async () => {
      const value = (column: string, i: number): Json =>
        /seq$|^n$|bytes|version/i.test(column)
          ? i
          : [
                'value',
                'max',
                'stderr',
                'loss',
                'gradNorm',
                'learningRate',
                'deviceHours',
                'share',
                'chance',
                'room',
              ].includes(column)
            ? i + 0.5
            : `${column} ${i}`;
      for (const table of TABLE_NAMES) {
        const columns = await columnsOf(table);
        const keys: readonly string[] = TABLES[table];
        const key = Object.fromEntries(keys.map((k) => [k, ['step', 'seq'].includes(k) ? 7 : 'key']));
        const row = (i: number) =>
          Object.fromEntries(columns.filter((c) => !keys.includes(c)).map((c) => [c, value(c, i)]));
        for (const i of [1, 2]) {
          await say(store, [{ table, key, row: row(i) }]);
          expect(await all(store.rows(table)), table).toEqual([{ ...key, ...row(i) }]);
          expect(await store.read.row(table, ...Object.values(key))).toEqual({ ...key, ...row(i) });
        }
        await say(store, [{ table, key, row: null }]);
        expect(await all(store.rows(table)), table).toEqual([]);
      }
      expect((await verifyStore(store, fold)).altered).toBeUndefined();
    });
    const snake = (text: string) => text.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
    const columnsOf = async (table: TableName): Promise<string[]> =>
      (
        await sql('select column_name from information_schema.columns where table_schema = $1 and table_name = $2', [
          'jikji',
          snake(table),
        ])
      ).map(({ column_name }) => String(column_name).replace(/_(.)/g, (_, c: string) => c.toUpperCase()));

    test.each<[string, Json]>([
      ['a character of number 0', 'a\0b'],
      ['half of a surrogate pair', '\ud800'],
      ['nesting without end', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)],
    ])('%s is refused, and nothing is written', async (_, more) => {
      const entry = { ...entryWith(START, [call('a')]), data: { changes: [], more } };
      await expect(store.append(START, [entry], [call('a')])).rejects.toMatchObject({ code: 'entry-unfit' });
      await isFresh();
    });

    test('an append that fails half-way leaves nothing', async () => {
      const entry = entryWith(START, []);
      const bad = [
        [call('a'), { table: 'calls', key: { id: 'b' }, row: { title: 1 } } as const],
        [call('a'), { table: 'calls', key: { id: 'b' }, row: { title: 1, status: 'x', other: 1 } } as const],
        [call('a'), { ...step('r', 1), row: { loss: 'not a number', gradNorm: 1, learningRate: 1 } }],
        [call('a'), { ...step('r', 1), key: { submission: 'r', step: 1.5 } }],
      ];
      for (const changes of bad) await expect(store.append(START, [entry], changes)).rejects.toThrow();
      await expect(store.append(START, [], [call('a')])).rejects.toThrow('rows change only with entries');
      await expect(store.append(START, [{ ...entry, seq: 2 }], [])).rejects.toThrow('does not follow');
      await isFresh();
      await say(store, [call('a')]); // and the store goes on
    });

    test('what fails says nothing of the values', async () => {
      await store.secrets.put('form', 'nonce-1377');
      const failed = await store
        .append(
          START,
          [entryWith(START, [])],
          [{ ...step('r', 1), row: { loss: 'nonce-1377', gradNorm: 1, learningRate: 1 } }],
        )
        .catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(Error);
      expect((failed as Error).message).not.toContain('Failed query');
      expect((failed as Error).stack).not.toContain('json_populate_recordset');
    });

    test('a head that is not the last one', async () => {
      const first = await say(store, [call('a')]);
      for (const head of [START, { seq: 1, link: '0'.repeat(64) }, { seq: 2, link: first.link }]) {
        const entry = entryWith(head, []);
        await expect(store.append(head, [entry], [call('b')])).rejects.toMatchObject({ code: 'log-moved' });
      }
      expect(await all(store.rows('calls'))).toHaveLength(1);
    });

    test('many at once with the same head: one wins, the others are told', async () => {
      for (let round = 0; round < 3; round++) {
        const head = await store.head();
        const tries = Array.from({ length: 6 }, (_, i) =>
          store.append(head, [entryWith(head, [call(`r${round}-${i}`)])], [call(`r${round}-${i}`)]),
        );
        const ends = await Promise.allSettled(tries);
        expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'log-moved' });
      }
      expect(await all(store.rows('calls'))).toHaveLength(3);
      expect((await verifyStore(store, fold)).altered).toBeUndefined();
    });

    test('secrets', async () => {
      expect(await store.secrets.get('a')).toBeUndefined();
      await store.secrets.put('a', 'one');
      await store.secrets.put('a', '둘');
      await store.secrets.put('b', '{"x":1}');
      expect([await store.secrets.get('a'), await store.secrets.get('b')]).toEqual(['둘', '{"x":1}']);
      await store.secrets.delete('a');
      await store.secrets.delete('a');
      expect(await store.secrets.get('a')).toBeUndefined();
    });

    test('jobs: taken in their order, ended once', async () => {
      const [a, b] = [await store.jobs.add('audit', { x: [1] }), await store.jobs.add('evaluate', '12')];
      const first = await store.jobs.take(now);
      expect(first).toEqual({
        ...{ id: a, kind: 'audit', input: { x: [1] }, status: 'running', attempts: 1, started: now.toISOString() },
        ...{ finished: null, result: null, error: null },
      });
      expect(await store.jobs.take(now)).toMatchObject({ id: b, input: '12' });
      expect(await store.jobs.take(now)).toBeUndefined();
      await store.jobs.finish(a, { done: null }, now);
      await store.jobs.fail(b, 'it broke', now);
      expect(await store.jobs.list()).toMatchObject([
        { id: a, status: 'done', result: { done: null }, error: null, finished: now.toISOString() },
        { id: b, status: 'failed', result: null, error: 'it broke' },
      ]);
      expect(await store.jobs.take(now)).toBeUndefined();
      for (const id of [a, b, 99]) {
        await expect(store.jobs.finish(id, null)).rejects.toMatchObject({ code: 'job-not-held' });
        await expect(store.jobs.fail(id, '')).rejects.toMatchObject({ code: 'job-not-held' });
      }
    });

    test('many takers at once: each job goes to one', async () => {
      for (let i = 0; i < 12; i++) await store.jobs.add('audit', i);
      const taken = await Promise.all(Array.from({ length: 16 }, () => store.jobs.take(now)));
      const ids = taken.flatMap((job) => job?.id ?? []);
      expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    });

    test('a snapshot', async () => {
      await say(store, [call('a')]);
      const seen = await store.snapshot(async (view) => [
        await view.head(),
        await all(view.rows('calls')),
        await all(view.entries()),
      ]);
      expect(seen).toEqual([await store.head(), await all(store.rows('calls')), await all(store.entries())]);
      const why = new Error('mine');
      await expect(store.snapshot(() => Promise.reject(why))).rejects.toBe(why);
    });

    /** A log with entries, changed rows, secrets. */
    async function filled(): Promise<void> {
      await say(store, [call('a'), call('b', '한글 😀'), step('r', 1), step('r', 2, null)]);
      await say(store, [gone('a'), call('c', { en: '12' })], [1e-7, 'x'.repeat(3000)]);
      await say(store, [call('b', ['changed'])]);
      await store.secrets.put('form', '{"nonce":"ab"}');
    }
    const file = join(folder, 'backup');

    test('backup and restore: the same again', async () => {
      await filled();
      await store.jobs.add('audit', 1);
      const [head, entries, calls, steps] = [
        await store.head(),
        await all(store.entries()),
        await all(store.rows('calls')),
        await all(store.rows('runSteps')),
      ];
      const contents = await store.backup(file);
      expect(contents).toEqual({ head, rows: 4, secrets: 1 });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      await expect(store.restore(file)).rejects.toMatchObject({ code: 'database-not-empty' });
      await tested.clear();
      expect(await store.restore(file, fold)).toEqual(contents);
      expect([
        await store.head(),
        await all(store.entries()),
        await all(store.rows('calls')),
        await all(store.rows('runSteps')),
      ]).toEqual([head, entries, calls, steps]);
      expect(await store.secrets.get('form')).toBe('{"nonce":"ab"}');
      expect((await verifyStore(store, fold)).altered).toBeUndefined();
      await store.backup(join(folder, 'again'));
      expect(gunzipSync(readFileSync(join(folder, 'again')))).toEqual(gunzipSync(readFileSync(file)));
      await say(store, [call('d')]); // and it goes on
      expect(readdirSync(folder).sort()).toEqual(['again', 'backup']);
    });

    test('an empty database', async () => {
      await store.backup(file);
      expect(await store.restore(file)).toEqual({ head: START, rows: 0, secrets: 0 });
      await isFresh();
      expect((await verifyStore(store, fold)).altered).toBeUndefined();
    });

    test('only an empty database is restored into', async () => {
      await store.backup(file);
      const fills = [
        () => store.secrets.put('a', 'b'),
        () => store.jobs.add('audit', 1),
        () => sql(`insert into jikji.calls values ('a', '1', 'x')`),
        () => say(store, []),
      ];
      for (const fill of fills) {
        await tested.clear();
        await fill();
        await expect(store.restore(file)).rejects.toMatchObject({ code: 'database-not-empty' });
      }
    });

    test('backups that were altered, cut, or are none are refused, and nothing is left of them', async () => {
      await filled();
      await store.backup(file);
      await tested.clear();
      const whole = readFileSync(file);
      const lines = gunzipSync(whole).toString().trimEnd().split('\n');
      const other = join(folder, 'other');
      const refused = async (bytes: Buffer | string, code = 'backup-broken') => {
        writeFileSync(other, bytes);
        await expect(store.restore(other), String(bytes).slice(0, 200)).rejects.toMatchObject({ code, input: other });
        await isFresh();
        expect(await store.secrets.get('form')).toBeUndefined();
      };
      /** Lines with the digest and counts that they should have: only what is inside them is wrong. */
      const signed = (body: string[]) => {
        const kinds = body.slice(1).map((line) => Object.keys(JSON.parse(line))[0]);
        const end = {
          entries: kinds.filter((k) => k === 'entry').length,
          secrets: kinds.filter((k) => k === 'secret').length,
          rows: kinds.filter((k) => k === 'table').length,
        };
        const text = body.map((line) => `${line}\n`).join('');
        return gzipSync(`${text}${JSON.stringify({ end, sha256: sha256Hex(text) })}\n`);
      };
      const body = lines.slice(0, -1);
      const edit = (at: number, from: string | RegExp, to: string) => {
        const changed = body.with(at, body[at]!.replace(from, to));
        expect(changed).not.toEqual(body);
        return changed;
      };
      const rowAt = body.findIndex((line) => line.startsWith('{"table":"calls"'));
      for (const changed of [
        edit(0, '"jikjiBackup":1', '"jikjiBackup":2'),
        edit(0, '"seq":3', '"seq":2'),
        edit(1, 'office:1', 'office:2'),
        edit(2, '"more"', '"less"'),
        body.toSpliced(2, 1),
        body.toSpliced(3, 1),
        body.toSpliced(1, 0, body[1]!),
        body.with(1, body[2]!).with(2, body[1]!),
        edit(rowAt, '"id"', '"ID"'),
        edit(rowAt, '"calls"', '"entries"'),
        edit(rowAt, '"status":"open"', '"status":"open","more":1'),
        body.toSpliced(rowAt, 0, body[rowAt]!),
        edit(body.length - 1, '"step":2', '"step":"x"'),
        [...body, '{"unknown":1}'],
        body.slice(1),
      ]) {
        await refused(signed(changed));
      }
      const text = gunzipSync(whole).toString();
      await refused(gzipSync(text.replace('"status":"open"', '"status":"shut"'))); // its digest tells
      await refused(gzipSync(text.slice(0, -2)));
      await refused(gzipSync(body.map((line) => `${line}\n`).join('')));
      await refused(gzipSync(`${text}${text}`));
      await refused(gzipSync(''));
      await refused('');
      await refused('no gzip');
      await refused(Buffer.from(text));
      // With the fold, a row that no entry says is found although all digests are right.
      writeFileSync(other, signed(edit(rowAt, '"status":"open"', '"status":"shut"')));
      await expect(store.restore(other, fold)).rejects.toThrow('calls b differs from what the entries say, in status');
      await isFresh();
      await expect(store.restore(join(folder, 'none'))).rejects.toMatchObject({ code: 'file-missing' });
      await expect(store.restore(folder)).rejects.toMatchObject({ code: 'file-unreadable' });

      const random = new Random(1377);
      const saysTheSame = (bytes: Buffer): boolean => {
        try {
          return gunzipSync(bytes).toString() === text;
        } catch {
          return false;
        }
      };
      for (let i = 0; i < DAMAGES; i++) {
        const damaged = Buffer.from(whole);
        const cut = random.below(3) === 0;
        // Bytes 4 to 9 of a gzip file are a time and a system, which change nothing.
        const at = 10 + random.below(whole.length - 10);
        if (!cut) damaged[at]! ^= 1 << random.below(8);
        const bytes = cut ? damaged.subarray(0, at) : damaged;
        if (saysTheSame(bytes)) continue; // such as a bit that fills up the last byte
        writeFileSync(other, bytes);
        await expect(store.restore(other), `damage ${i}`).rejects.toMatchObject({ code: 'backup-broken' });
      }
      await isFresh();
      expect(await store.restore(file, fold)).toMatchObject({ rows: 4 });
    });

    test('a backup that cannot be written leaves what was there', async () => {
      await filled();
      await store.backup(file);
      const before = readFileSync(file);
      await expect(store.backup(join(file, 'inside-a-file'))).rejects.toMatchObject({ code: 'not-writable' });
      expect(readFileSync(file)).toEqual(before);
    });

    test.each<[string, string, string]>([
      [
        'a row altered',
        `update jikji.calls set status = 'shut' where id = 'b'`,
        'calls b differs from what the entries say, in status',
      ],
      [
        'JSON in a row altered',
        `update jikji.calls set title = '"changed"' where id = 'b'`,
        'calls b differs from what the entries say, in title',
      ],
      [
        'a value gone',
        `update jikji.run_steps set loss = null where step = 1`,
        'runSteps r 1 differs from what the entries say, in loss',
      ],
      [
        'a row added',
        `insert into jikji.calls values ('a', '1', 'open')`,
        'calls a is in the table, and no entry says so',
      ],
      ['a row gone', `delete from jikji.run_steps where step = 2`, 'runSteps r 2 is missing from the table'],
      [
        'the key of a row altered',
        `update jikji.run_steps set step = 3 where step = 2`,
        'runSteps r 3 is in the table, and no entry says so',
      ],
      [
        'who said an entry',
        `update jikji.entries set actor = 'office:2' where seq = 2`,
        'entry 2 was altered, or the one before it together with its link',
      ],
      [
        'what an entry says',
        `update jikji.entries set data = jsonb_set(data, '{more}', '1') where seq = 3`,
        'entry 3 was altered, or the one before it together with its link',
      ],
      [
        'the time of an entry',
        `update jikji.entries set time = '2026-01-01T00:00:00.009Z' where seq = 1`,
        'entry 1 was altered, or the one before it together with its link',
      ],
      [
        'the link of the last entry',
        `update jikji.entries set link = repeat('0', 64) where seq = 3`,
        'entry 3 was altered, or the one before it together with its link',
      ],
      ['an entry gone', `delete from jikji.entries where seq = 2`, 'entry 2 is missing; entry 3 stands in its place'],
      [
        'the first entry gone',
        `delete from jikji.entries where seq = 1`,
        'entry 1 is missing; entry 2 stands in its place',
      ],
      [
        'the last entry gone',
        `delete from jikji.entries where seq = 3`,
        'calls b differs from what the entries say, in title',
      ],
      [
        'an entry before the first',
        `insert into jikji.entries select 0, time, actor, kind, data, link from jikji.entries where seq = 1`,
        'entry 1 is missing; entry 0 stands in its place',
      ],
    ])('found by verification: %s', async (_, alteration, why) => {
      await filled();
      expect(await verifyStore(store, fold)).toEqual({ head: await store.head(), rows: 4, altered: undefined });
      await sql(alteration);
      expect((await verifyStore(store, fold)).altered?.why).toBe(why);
    });

    test('an entry that the rules do not let in: its number is told', async () => {
      await filled();
      const strict: typeof fold = (entry) => {
        if (entry.seq === 2) throw new JikjiError('stage-closed', 'this stage is closed', 's1', 'wait');
        return fold(entry);
      };
      const { altered } = await verifyStore(store, strict);
      expect(altered).toEqual({
        what: 'entry',
        seq: 2,
        why: 'entry 2 may not stand here by the rules of this release: this stage is closed',
      });
      const bug = new Error('a bug');
      const broken = () => {
        throw bug;
      };
      await expect(verifyStore(store, broken)).rejects.toBe(bug);
    });

    test('entries of other kinds of data', async () => {
      for (const data of [null, 'text', 12, [1], true]) {
        const head = await store.head();
        await store.append(head, [nextEntry(head, { time: now.toISOString(), actor: 'a', kind: 'k', data })], []);
      }
      expect((await all(store.entries())).map(({ data }) => data)).toEqual([null, 'text', 12, [1], true]);
      expect((await verifyStore(store, () => [])).altered).toBeUndefined();
    });
  });
}
