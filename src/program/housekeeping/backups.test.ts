// Encrypted backups: opened by an independent age where one is installed, given once, and refused when they are altered.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { skipped } from '../../base/testing/skipped.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { Store } from '../database/index.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { all, entriesWith, openTested, START, say, type Tested } from '../database/testing/harness.ts';
import { openBackup } from './age.ts';
import { Backups } from './backups.ts';

/** AGE names another program than `age`. */
const AGE = process.env.AGE ?? 'age';
const hasAge = spawnSync(AGE, ['--version']).status === 0;
skipped('age itself', hasAge ? undefined : 'it is not installed');
if (!hasAge) console.warn('skipped: decryption by age itself: it is not installed');

const folder = mkdtempSync(join(tmpdir(), 'jikji-backups-'));
const at = (name: string) => join(folder, name);
const BY = { programme: 'p', user: 'kim' };
const clock = { now: Date.UTC(2026, 0, 1) };
let tested: Tested;
let empty: Tested;
let store: Store;
let backups: Backups;
let identity: string;
let recipient: string;
beforeAll(async () => {
  tested = await openTested({ folder: await emptyDatabase(at('store')) });
  ({ store } = tested);
  empty = await openTested({ folder: await emptyDatabase(at('empty')) });
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  writeFileSync(at('key'), `# created: today\n# public key: ${recipient}\n${identity}\n`);
  await store.append(START, entriesWith(START, Array(400).fill('x'.repeat(3000))));
  await store.secrets.put('form', 'sealed-1377');
});
afterAll(async () => {
  await Promise.all([store.close(), empty.store.close()]);
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await tested.sql('delete from jikji.backups');
  backups = new Backups(store.users, () => new Date(clock.now));
});

const bytesOf = async (stream: Readable): Promise<Buffer> => Buffer.concat(await all(stream as AsyncIterable<Buffer>));
async function taken(): Promise<Buffer> {
  const { id } = await backups.prepare(BY, recipient);
  return bytesOf(await backups.take(BY, id, store));
}
/** Restores a file into an empty database; what its log then is. A refused one leaves it empty. */
async function restored(file: string, key?: string) {
  await empty.clear();
  const { store } = empty;
  const contents = await store.restore(file, undefined, await openBackup(file, key));
  return { contents, entries: await all(store.entries()), form: await store.secrets.get('form') };
}

test('what was written meanwhile is not in it; the record has its digest, head and recipient; no plain text leaves', async () => {
  const before = await all(store.entries());
  const head = await store.head();
  const { id } = await backups.prepare(BY, recipient);
  const stream = await backups.take(BY, id, store);
  expect((await backups.list('p'))[0]).toMatchObject({ id, state: 'running', entries: head.seq, sha256: null });
  const pieces: Buffer[] = [];
  for await (const piece of stream) {
    pieces.push(piece as Buffer);
    await say(store, 'meanwhile');
  }
  const bytes = Buffer.concat(pieces);
  writeFileSync(at('backup.age'), bytes);
  expect(await backups.list('p')).toEqual([
    {
      ...{ id, user: 'kim', time: new Date(clock.now).toISOString(), recipient: sha256Hex(recipient) },
      ...{ state: 'complete', entries: head.seq, link: head.link, bytes: bytes.length, sha256: sha256Hex(bytes) },
    },
  ]);
  expect(await backups.list('q')).toEqual([]);
  for (const plain of ['sealed-1377', 'jikjiBackup', 'xxxxxxxxxxxxxxxx']) expect(bytes.includes(plain)).toBe(false);
  const back = await restored(at('backup.age'), at('key'));
  expect(back.contents.head).toEqual(head);
  expect(back.entries).toEqual(before);
  expect(back.form).toBe('sealed-1377');
});

test.skipIf(!hasAge)('age itself decrypts it, and what it gives is restored', async () => {
  writeFileSync(at('for-age'), await taken());
  execFileSync(AGE, ['--decrypt', '--identity', at('key'), '--output', at('plain'), at('for-age')]);
  const back = await restored(at('plain'));
  expect(back.contents.head).toEqual(await store.head());
  expect(back.form).toBe('sealed-1377');
  // And what age encrypts is restored here.
  execFileSync(AGE, ['--recipient', recipient, '--output', at('by-age'), at('plain')]);
  expect((await restored(at('by-age'), at('key'))).contents.head).toEqual(await store.head());
});

test('a backup is given once, to whom it was prepared for, within five minutes', async () => {
  const gone = { code: 'backup-unknown' };
  const { id } = await backups.prepare(BY, recipient);
  await expect(backups.take({ ...BY, user: 'lee' }, id, store)).rejects.toMatchObject(gone);
  await expect(backups.take({ ...BY, programme: 'q' }, id, store)).rejects.toMatchObject(gone);
  await expect(backups.take(BY, 'none', store)).rejects.toMatchObject(gone);
  const ends = await Promise.allSettled([backups.take(BY, id, store), backups.take(BY, id, store)]);
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const end of ends) {
    if (end.status === 'fulfilled') end.value.destroy();
    else expect(end.reason).toMatchObject({ code: 'backup-taken' });
  }
  await expectRefusal(backups.take(BY, id, store), 'backup-taken');
  const late = await backups.prepare(BY, recipient);
  clock.now += 5 * 60_000;
  await expect(backups.take(BY, late.id, store)).rejects.toMatchObject(gone);
  const next = await backups.prepare(BY, recipient);
  expect((await backups.list('p')).map(({ id }) => id)).toEqual([next.id, id]); // the late one is forgotten
});

test('a download that breaks off stays in the record as unfinished, and hinders no other', async () => {
  for (let i = 0; i < 6; i++) {
    const { id } = await backups.prepare(BY, recipient);
    const stream = await backups.take(BY, id, store);
    if (i % 2 === 0) for await (const _ of stream) break;
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy();
    if (!stream.closed) await closed;
  }
  expect((await backups.list('p')).map(({ state, sha256 }) => `${state} ${sha256}`)).toEqual(
    Array(6).fill('unfinished null'),
  );
  await say(store);
  const held: Readable[] = [];
  for (let i = 0; i < 4; i++) held.push(await backups.take(BY, (await backups.prepare(BY, recipient)).id, store));
  const { id } = await backups.prepare(BY, recipient);
  await expectRefusal(backups.take(BY, id, store), 'too-many');
  const [first] = held as [Readable];
  const closed = new Promise((resolve) => first.once('close', resolve));
  first.destroy();
  await closed;
  (await backups.take(BY, id, store)).destroy();
  for (const stream of held) stream.destroy();
});

test('recipients that are none: refused, and a secret key is in no error', async () => {
  for (const wrong of [
    '',
    'age1',
    recipient.toUpperCase(),
    `${recipient}\n`,
    recipient.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q')),
    `${recipient.slice(0, -1)}b`,
    'ssh-ed25519 AAAA',
    identity,
    'x'.repeat(10_000),
  ]) {
    const error = await backups.prepare(BY, wrong).catch((error: unknown) => error);
    expect(error, wrong.slice(0, 80)).toMatchObject({ code: 'recipient-broken' });
    if (wrong === identity) expect(JSON.stringify(error)).not.toContain(identity.slice(20));
  }
  expect(await backups.list('p')).toEqual([]);
});

test('an altered, shortened or continued file is refused, and so is another key', async () => {
  const bytes = await taken();
  const refused = async (changed: Buffer, code: string, key: string | null = at('key')) => {
    writeFileSync(at('changed'), changed);
    await expectRefusal(restored(at('changed'), key ?? undefined), code);
  };
  for (const place of [250, 1000, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[place]! ^= 1;
    await refused(changed, 'backup-broken');
  }
  await refused(bytes.subarray(0, bytes.length - 1), 'backup-broken');
  await refused(Buffer.concat([bytes, Buffer.from('x')]), 'backup-broken');
  for (const length of [0, 10]) await refused(bytes.subarray(0, length), 'backup-broken');
  await refused(bytes.subarray(0, 100), 'backup-encrypted');
  await refused(bytes, 'backup-encrypted', null);
  writeFileSync(at('other-key'), await generateX25519Identity());
  await refused(bytes, 'backup-encrypted', at('other-key'));
  for (const text of ['', '# only a comment\n', 'AGE-SECRET-KEY-1XYZ', recipient, 'x'.repeat(100_000)]) {
    writeFileSync(at('no-key'), text);
    await refused(bytes, 'identity-broken', at('no-key'));
  }
  await refused(bytes, 'file-missing', at('nowhere'));
  const armoured = `-----BEGIN AGE ENCRYPTED FILE-----\n${readFileSync(at('changed')).toString('base64')}\n`;
  await refused(Buffer.from(armoured), 'backup-encrypted');
});
