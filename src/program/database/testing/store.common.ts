// The conformance test of all stores, over every database.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Random } from '../../../base/testing/mutate.ts';
import { expectRefusal } from '../../../base/testing/refusal.ts';
import { canonicalJson, type Json, sha256Hex } from '../../../ledger/index.ts';
import { type Entry, nextEntry, START } from '../../log/index.ts';
import { verifyChain } from '../../log/testing/verify-chain.ts';
import { State } from '../../state/index.ts';
import { everyEntry } from '../../state/testing/every-entry.ts';
import type { Replay, Store } from '../store.ts';
import { all, entriesWith, entryWith, openTested, say, type Tested } from './harness.ts';

const DAMAGES = process.env.JIKJI_TORTURE ? 2000 : 40;

export function conformance(name: string, where: () => { folder: string } | { url: string }): void {
  describe(`a store over ${name}`, () => {
    const tested = new StoreUnderTest();
    beforeAll(() => tested.open(where()));
    afterAll(() => tested.end());
    beforeEach(() => tested.clear());
    entriesAreRead(tested);
    appendsAreWhole(tested);
    secretsAndJobs(tested);
    backupsAreRestored(tested);
    backupsAreStreamed(tested);
    brokenBackups(tested);
  });
}

/** The store that is tested, and what its tests share. */
class StoreUnderTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'jikji-store-'));
  readonly file = join(this.folder, 'backup');
  /** A backup that is not as it was written. */
  readonly other = join(this.folder, 'other');
  #tested: Tested | undefined;

  async open(where: { folder: string } | { url: string }): Promise<void> {
    this.#tested = await openTested(where);
  }

  async end(): Promise<void> {
    await this.#tested?.store.close();
    rmSync(this.folder, { recursive: true });
  }

  get store(): Store {
    return this.#tested!.store;
  }

  clear(): Promise<void> {
    return this.#tested!.clear();
  }

  sql(text: string, values?: unknown[]) {
    return this.#tested!.sql(text, values);
  }

  async isFresh(): Promise<void> {
    expect(await this.store.head()).toEqual(START);
    expect(await all(this.store.entries())).toEqual([]);
  }

  async holds(): Promise<void> {
    expect(await verifyChain(this.store.entries())).toEqual(await this.store.head());
  }

  /** Entries of every kind, and a secret. */
  async fill(): Promise<readonly Entry[]> {
    const entries = everyEntry();
    await this.store.append(START, entries);
    await this.store.secrets.put('form', '{"nonce":"ab"}');
    return entries;
  }

  async refused(bytes: Buffer | string, replay?: Replay, message = ''): Promise<void> {
    writeFileSync(this.other, bytes);
    await expect(this.store.restore(this.other, replay), String(bytes).slice(0, 200)).rejects.toMatchObject({
      ...{ code: 'backup-broken', input: this.other, message: expect.stringContaining(message) },
    });
    await this.isFresh();
    expect(await this.store.secrets.get('form')).toBeUndefined();
  }
}

const NOW = new Date('2026-01-01T00:00:00.000Z');
const replay = () => new State();

/** What is hard to keep as it is. */
const VALUES: Json[] = [
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
  ...[
    0,
    1,
    -1,
    0.1,
    1 / 3,
    1e21,
    1e-7,
    123456789012345680000,
    2 ** 53,
    2 ** 53 - 1,
    -123.456,
    5e-324,
    1.7976931348623157e308,
    -2.5e-10,
  ],
  ...[true, false, null, [], {}, [null], { a: null }, { '': 1, __proto__x: 2, b: { 가: [[], [1, 'x']] } }],
  JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
];

/** What was appended comes back as it was. */
function entriesAreRead(tested: StoreUnderTest): void {
  test('appended entries can be read, and the head moves', async () => {
    await tested.isFresh();
    const first = await say(tested.store, 'a');
    const second = await say(tested.store, { b: '한글 😀' });
    expect(await all(tested.store.entries())).toEqual([first, second]);
    expect(await all(tested.store.entries(2))).toEqual([second]);
    expect(await all(tested.store.entries(3))).toEqual([]);
    expect(await tested.store.head()).toEqual({ seq: 2, link: second.link });
    expect(await tested.store.page(1, 1)).toEqual([first]);
    expect(await tested.store.page(2, 5)).toEqual([second]);
    expect(await tested.store.page(3, 1)).toEqual([]);
    expect(await tested.store.seqOfLink(second!.link)).toBe(2);
    expect(await tested.store.seqOfLink('f'.repeat(64))).toBeUndefined();
  });

  test('a failed query does not block the queries behind it', async () => {
    const ends = await Promise.allSettled([
      tested.sql('select 1/0'),
      tested.store.head(),
      tested.sql('nonsense'),
      tested.store.head(),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  });

  test('many entries in one append, read page by page', async () => {
    const entries = entriesWith(START, Array(2300).keys());
    await tested.store.append(START, entries);
    expect(await all(tested.store.entries())).toEqual(entries);
    expect(await all(tested.store.entries(1000))).toEqual(entries.slice(999));
    expect(await tested.store.page(64, 130)).toEqual(entries.slice(63, 193));
    // Who stops in the middle hinders nobody.
    for await (const { seq } of tested.store.entries()) if (seq === 3) break;
    expect(await tested.store.head()).toMatchObject({ seq: 2300 });
  });

  test('one append that exceeds a single database statement', async () => {
    const entries = entriesWith(START, Array(6).fill('x'.repeat(1 << 20)));
    await tested.store.append(START, entries);
    expect(await all(tested.store.entries())).toEqual(entries);
  });

  test('JSON is read back unchanged', async () => {
    await say(tested.store, VALUES);
    await tested.store.append(await tested.store.head(), entriesWith(await tested.store.head(), VALUES));
    const [whole, ...each] = (await all(tested.store.entries())).map(({ data }) => data);
    expect(whole).toEqual(VALUES);
    expect(each.map(canonicalJson)).toEqual(VALUES.map(canonicalJson));
    await tested.holds();
  });

  test('names of members come back as they were, whatever the process has parsed', async () => {
    // V8's JSON.parse errs where one name alone has followed the earlier ones: each pair has a first member of its own.
    const pairs = ['\\ \n', '\\ "', 'b\\ b\t', 'c\\n c\nd'].map((pair, i) =>
      pair.split(' ').map((end) => [`한${i}`, `name ${end}`]),
    );
    const poison = pairs.map(([before]) => JSON.parse(`{${before!.map((name) => `${JSON.stringify(name)}:1`)}}`));
    const head = await tested.store.head();
    // The other way round: the database sorts members, and no object of ours has them in its order.
    const said = pairs.map(([, after]) => Object.fromEntries(after!.toReversed().map((name) => [name, 1])));
    await tested.store.append(head, entriesWith(head, said));
    const names = (await all(tested.store.entries())).map(({ data }) => Object.keys(data as object));
    expect(names).toEqual(pairs.map(([, after]) => after));
    expect(poison.map((one) => Object.keys(one))).toEqual(pairs.map(([before]) => before));
    await tested.holds();
  });

  test('entries of other kinds of data', async () => {
    for (const data of [null, 'text', 12, [1], true]) {
      const head = await tested.store.head();
      await tested.store.append(head, [nextEntry(head, { time: NOW.toISOString(), actor: 'a', kind: 'k', data })]);
    }
    expect((await all(tested.store.entries())).map(({ data }) => data)).toEqual([null, 'text', 12, [1], true]);
    await tested.holds();
  });
}

/** An append is written whole, after the head that it names, or not at all. */
function appendsAreWhole(tested: StoreUnderTest): void {
  test.each<[string, Json]>([
    ['a character of number 0', 'a\0b'],
    ['half of a surrogate pair', '\ud800'],
    ['nesting without end', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)],
  ])('%s is refused, and nothing is written', async (_, more) => {
    const entries = [entryWith(START, 'a'), { ...entryWith(START), seq: 2, data: { more } }];
    await expectRefusal(tested.store.append(START, entries), 'entry-unfit');
    await tested.isFresh();
  });

  test('an append that fails leaves nothing', async () => {
    const [first, second, third] = entriesWith(START, ['a', 'b', 'c']) as [Entry, Entry, Entry];
    const bad = [
      [{ ...first, seq: 2 }],
      [first, third],
      [first, { ...second, data: 'other' }],
      [first, { ...second, link: third.link }],
      [first, first],
    ];
    for (const entries of bad) await expect(tested.store.append(START, entries)).rejects.toThrow('does not follow');
    await expect(tested.store.append(START, [])).rejects.toThrow('there are no entries to append');
    await tested.isFresh();
    await tested.store.append(START, [first, second]); // and the store goes on
  });

  test('an append that fails in the database leaves nothing, and its error holds no values', async () => {
    await tested.sql('alter table jikji.entries add constraint short check (octet_length(data::text) < 1000)');
    try {
      const entries = entriesWith(START, [...Array(2100).fill('a'), `nonce-1377 ${'x'.repeat(1000)}`]);
      const failed = await tested.store.append(START, entries).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(Error);
      const { message, stack } = failed as Error;
      expect(message).not.toContain('Failed query');
      expect(stack).not.toContain('json_populate_recordset');
      expect(`${message}${stack}`).not.toContain('nonce-1377');
      await tested.isFresh();
    } finally {
      await tested.sql('alter table jikji.entries drop constraint short');
    }
    await say(tested.store, 'a'); // and the store goes on
  });

  test('an append to a head that is not the last entry', async () => {
    const first = await say(tested.store, 'a');
    for (const head of [START, { seq: 1, link: '0'.repeat(64) }, { seq: 2, link: first.link }]) {
      await expectRefusal(tested.store.append(head, [entryWith(head, 'b')]), 'log-moved');
    }
    expect(await all(tested.store.entries())).toEqual([first]);
  });

  test('many parallel appends to the same head: one succeeds, the others get an error', async () => {
    for (let round = 0; round < 3; round++) {
      const head = await tested.store.head();
      const tries = Array.from({ length: 6 }, (_, i) =>
        tested.store.append(head, entriesWith(head, [`r${round}-${i}`, 'and more'])),
      );
      const ends = await Promise.allSettled(tries);
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'log-moved' });
    }
    expect(await all(tested.store.entries())).toHaveLength(6);
    await tested.holds();
  });
}

/** Beside the log. */
function secretsAndJobs(tested: StoreUnderTest): void {
  test('secrets', async () => {
    expect(await tested.store.secrets.get('a')).toBeUndefined();
    await tested.store.secrets.put('a', 'one');
    await tested.store.secrets.put('a', '둘');
    await tested.store.secrets.put('b', '{"x":1}');
    expect([await tested.store.secrets.get('a'), await tested.store.secrets.get('b')]).toEqual(['둘', '{"x":1}']);
    await tested.store.secrets.delete('a');
    await tested.store.secrets.delete('a');
    expect(await tested.store.secrets.get('a')).toBeUndefined();
  });

  test('jobs: taken in their order, ended once', async () => {
    const [a, b] = [await tested.store.jobs.add('audit', { x: [1] }), await tested.store.jobs.add('evaluate', '12')];
    const first = await tested.store.jobs.take(NOW);
    expect(first).toEqual({
      ...{ id: a, kind: 'audit', input: { x: [1] }, status: 'running', attempts: 1, started: NOW.toISOString() },
      ...{ finished: null, result: null, error: null },
    });
    expect(await tested.store.jobs.take(NOW)).toMatchObject({ id: b, input: '12' });
    expect(await tested.store.jobs.take(NOW)).toBeUndefined();
    await tested.store.jobs.finish(a, { done: null }, NOW);
    await tested.store.jobs.fail(b, 'it broke', NOW);
    expect(await tested.store.jobs.list()).toMatchObject([
      { id: a, status: 'done', result: { done: null }, error: null, finished: NOW.toISOString() },
      { id: b, status: 'failed', result: null, error: 'it broke' },
    ]);
    expect(await tested.store.jobs.take(NOW)).toBeUndefined();
    for (const id of [a, b, 99]) {
      await expectRefusal(tested.store.jobs.finish(id, null), 'job-not-held');
      await expectRefusal(tested.store.jobs.fail(id, ''), 'job-not-held');
    }
  });

  test('many workers at once: each job goes to one', async () => {
    for (let i = 0; i < 12; i++) await tested.store.jobs.add('audit', i);
    const taken = await Promise.all(Array.from({ length: 16 }, () => tested.store.jobs.take(NOW)));
    const ids = taken.flatMap((job) => job?.id ?? []);
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });
}

/** A backup that is read as bytes holds one moment, and holds up nobody. */
function backupsAreStreamed(tested: StoreUnderTest): void {
  test('the bytes of a backup, read slowly while others write: it holds the moment of its beginning', async () => {
    await tested.store.append(START, entriesWith(START, Array(300).fill('x'.repeat(2000))));
    await tested.store.secrets.put('form', 'before');
    const before = await all(tested.store.entries());
    const { contents, bytes } = await tested.store.backupBytes();
    expect(contents).toEqual({ head: await tested.store.head(), rows: 0, secrets: 1 });
    const pieces: Buffer[] = [];
    await tested.store.secrets.put('form', 'after');
    await say(tested.store, 'before the first piece');
    for await (const piece of bytes) {
      pieces.push(piece);
      await say(tested.store, 'between two pieces'); // a backup that held the database would wait for it here for ever
    }
    expect(pieces.length).toBeGreaterThan(0);
    expect((await tested.store.head()).seq).toBeGreaterThan(301);
    expect(readdirSync(tested.folder)).not.toContain('other');
    writeFileSync(tested.other, Buffer.concat(pieces));
    await tested.clear();
    expect(await tested.store.restore(tested.other)).toEqual(contents);
    expect(await all(tested.store.entries())).toEqual(before);
    expect(await tested.store.secrets.get('form')).toBe('before');
    await tested.holds();
  });

  test('who stops reading a backup hinders nobody; a log that is replaced meanwhile is an error', async () => {
    const entries = entriesWith(START, Array(300).fill('x'.repeat(2000)));
    await tested.store.append(START, entries);
    for await (const _ of (await tested.store.backupBytes()).bytes) break;
    await say(tested.store);
    const { bytes } = await tested.store.backupBytes();
    await tested.clear();
    await tested.store.append(START, entriesWith(START, Array(301).fill('another log')));
    await expectRefusal(all(bytes), 'log-moved');
  });
}

/** A backup holds all of it, and replaces nothing. */
function backupsAreRestored(tested: StoreUnderTest): void {
  test('backup and restore give the same database', async () => {
    const entries = await tested.fill();
    await tested.store.jobs.add('audit', 1);
    const head = await tested.store.head();
    const contents = await tested.store.backup(tested.file);
    expect(contents).toEqual({ head, rows: 0, secrets: 1 });
    expect(statSync(tested.file).mode & 0o777).toBe(0o600);
    await expectRefusal(tested.store.restore(tested.file), 'database-not-empty');
    await tested.clear();
    expect(await tested.store.restore(tested.file, replay())).toEqual(contents);
    expect([await tested.store.head(), await all(tested.store.entries())]).toEqual([head, entries]);
    expect(await tested.store.secrets.get('form')).toBe('{"nonce":"ab"}');
    await tested.holds();
    await tested.store.backup(join(tested.folder, 'again'));
    expect(gunzipSync(readFileSync(join(tested.folder, 'again')))).toEqual(gunzipSync(readFileSync(tested.file)));
    await say(tested.store, 'd'); // and it goes on
    expect(readdirSync(tested.folder).sort()).toEqual(['again', 'backup']);
  });

  test('without a replay any entries are restored', async () => {
    const [entry] = [await say(tested.store, 'made up')];
    await tested.store.backup(tested.file);
    await tested.clear();
    await expect(tested.store.restore(tested.file, replay())).rejects.toMatchObject({
      code: 'backup-broken',
      message: expect.stringContaining('entry 1 may not stand here by the rules of this release'),
    });
    await tested.isFresh();
    await tested.store.restore(tested.file);
    expect(await all(tested.store.entries())).toEqual([entry]);
  });

  test('an empty database', async () => {
    await tested.store.backup(tested.file);
    expect(await tested.store.restore(tested.file)).toEqual({ head: START, rows: 0, secrets: 0 });
    await tested.isFresh();
  });

  test('a backup is restored only into an empty database', async () => {
    await tested.store.backup(tested.file);
    const fills = [
      () => tested.store.secrets.put('a', 'b'),
      () => tested.store.jobs.add('audit', 1),
      () => say(tested.store),
    ];
    for (const fillWith of fills) {
      await tested.clear();
      await fillWith();
      await expectRefusal(tested.store.restore(tested.file), 'database-not-empty');
    }
  });

  test('a failed backup leaves the earlier file', async () => {
    await tested.fill();
    await tested.store.backup(tested.file);
    const before = readFileSync(tested.file);
    await expectRefusal(tested.store.backup(join(tested.file, 'inside-a-file')), 'not-writable');
    expect(readFileSync(tested.file)).toEqual(before);
  });
}

/** Lines with the digest and counts that they should have: only what is inside them is wrong. */
function signed(body: string[]): Buffer {
  const values = body.map((line) => JSON.parse(line));
  const count = (member: string) => values.filter((value) => member in value).length;
  const end = { entries: count('entry'), secrets: count('secret') };
  const text = body.map((line) => `${line}\n`).join('');
  return gzipSync(`${text}${JSON.stringify({ end, sha256: sha256Hex(text) })}\n`);
}

/** `body` with one of its lines changed. */
function edit(body: string[], at: number, from: string | RegExp, to: string): string[] {
  const changed = body.with(at, body[at]!.replace(from, to));
  expect(changed).not.toEqual(body);
  return changed;
}

/** The lines of a backup without its end. */
const bodyOf = (bytes: Buffer) => gunzipSync(bytes).toString().trimEnd().split('\n').slice(0, -1);

/** What is no whole backup is refused. */
function brokenBackups(tested: StoreUnderTest): void {
  test('altered, truncated and invalid backups are refused, and leave no data', async () => {
    const { length } = await tested.fill();
    await tested.store.backup(tested.file);
    await tested.clear();
    const whole = readFileSync(tested.file);
    const body = bodyOf(whole);
    for (const changed of [
      edit(body, 0, '"jikjiBackup":2', '"jikjiBackup":3'),
      edit(body, 0, `"seq":${length}`, `"seq":${length - 1}`),
      edit(body, 1, 'office:kim', 'office:lee'),
      edit(body, 2, '"country"', '"land"'),
      body.toSpliced(2, 1),
      body.toSpliced(length, 1),
      body.toSpliced(1, 0, body[1]!),
      body.with(1, body[2]!).with(2, body[1]!),
      edit(body, 1, '"entry"', '"entries"'),
      edit(body, 1, '"seq":1', '"seq":"x"'),
      edit(body, body.length - 1, '"name"', '"NAME"'),
      edit(body, body.length - 1, '"value"', '"more":1,"value"'),
      [...body, body.at(-1)!],
      [...body, '{"unknown":1}'],
      [...body, '{"table":"calls","row":{"id":"a","title":{"en":"a"},"status":"open"}}'], // version 1 had such lines
      body.slice(1),
    ]) {
      await tested.refused(signed(changed));
    }
    const inVersion1 = signed(edit(body, 0, '"jikjiBackup":2', '"jikjiBackup":1'));
    await tested.refused(inVersion1, replay(), 'a backup of format version 1, which no release wrote');
    const text = gunzipSync(whole).toString();
    await tested.refused(gzipSync(text.replace('\\"ab', '\\"ba'))); // its digest tells
    await tested.refused(gzipSync(text.replace('"secrets":1', '"secrets":2')));
    await tested.refused(gzipSync(text.slice(0, -2)));
    await tested.refused(gzipSync(body.map((line) => `${line}\n`).join('')));
    await tested.refused(gzipSync(`${text}${text}`));
    await tested.refused(gzipSync(''));
    await tested.refused('');
    await tested.refused('no gzip');
    await tested.refused(Buffer.from(text));
    await expectRefusal(tested.store.restore(join(tested.folder, 'none')), 'file-missing');
    await expectRefusal(tested.store.restore(tested.folder), 'file-unreadable');

    await damagesAreRefused(tested, whole);
    await tested.isFresh();
    expect(await tested.store.restore(tested.file, replay())).toMatchObject({ head: { seq: length } });
  });
}

/** One bit of a backup changed, or its end cut off. */
async function damagesAreRefused(tested: StoreUnderTest, whole: Buffer): Promise<void> {
  const text = gunzipSync(whole).toString();
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
    writeFileSync(tested.other, bytes);
    await expect(tested.store.restore(tested.other), `damage ${i}`).rejects.toMatchObject({ code: 'backup-broken' });
  }
}
