// `jikji program password-link`, and `restore` of a backup that a server encrypted.

import { createWriteStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../program/database/index.ts';
import { emptyDatabase } from '../program/database/testing/empty.ts';
import { housekeepingOver } from '../program/housekeeping/index.ts';
import { Users } from '../program/users/index.ts';
import '../program/users/testing/quick-passwords.ts';
import { call, errorOf, workFolder } from './testing/bad-input.ts';
import { KeptOpen } from './testing/open-programmes.ts';

const kept = new KeptOpen();
let folder: string;
beforeAll(async () => {
  folder = workFolder();
  for (const name of ['p', 'copy', 'plain']) await emptyDatabase(join(folder, name, 'database'));
});
afterAll(async () => {
  await kept.close();
  for (const path of [folder, `${folder}.home`]) rmSync(path, { recursive: true, force: true });
});

const asked = (database: string, ...args: string[]) =>
  call(folder, ['program', ...args], { JIKJI_DATABASE: join(folder, database) });
// biome-ignore lint/suspicious/noExplicitAny: results of many kinds
async function done(database: string, ...args: string[]): Promise<any> {
  const { status, stdout, stderr } = await asked(database, ...args);
  expect({ args, status, error: stderr.match(/error: .*/)?.[0] }).toEqual({ args, status: 0, error: undefined });
  return JSON.parse(stdout);
}
const refused = async (database: string, ...args: string[]) => errorOf(await asked(database, ...args));
const open = () => openStore({ folder: join(folder, 'p', 'database') });

test('the last user of the office, who forgot the password, gets a link', async () => {
  const store = await open();
  const users = await Users.open(store);
  const who = { user: 'kim', name: 'Kim', password: 'a forgotten password' };
  await users.accept((await users.firstInvitation())!, who, '::1');
  await store.close();

  const made = await done('p', 'password-link', 'kim', '--origin', 'https://console.example.kr/');
  const [address, token] = made.link.split('#');
  expect([made.user, address]).toEqual(['kim', 'https://console.example.kr/reset']);
  expect(await refused('p', 'password-link', 'nobody')).toMatchObject({ code: 'user-unknown', input: 'nobody' });
  for (const origin of ['console.example.kr', 'javascript:alert(1)', ''])
    expect(await refused('p', 'password-link', 'kim', '--origin', origin)).toMatchObject({ code: 'origin-broken' });
  expect(await refused('nowhere', 'password-link', 'kim')).toMatchObject({ code: 'programme-missing' });

  const again = await open();
  const after = await Users.open(again);
  await after.useReset(token, 'a password to remember', '::1');
  expect((await after.logIn('kim', 'a password to remember', '::1')).viewer.role).toBe('office');
  await again.close();
});

test('an encrypted backup of the server is restored with its identity, and verifies', async () => {
  await done('p', 'example', 'practice');
  await kept.close();
  const at = (name: string) => join(folder, name);
  const identity = await generateX25519Identity();
  writeFileSync(at('key.txt'), `${identity}\n`);
  writeFileSync(at('other.txt'), `${await generateX25519Identity()}\n`);
  const store = await open();
  const { backups } = housekeepingOver(store.users, new AbortController().signal);
  const by = { programme: 'practice', user: 'kim' };
  const { id } = await backups.prepare(by, await identityToRecipient(identity));
  await pipeline(await backups.take(by, id, store), createWriteStream(at('b.age')));
  const head = await store.head();
  await store.close();

  expect(await refused('copy', 'restore', 'b.age')).toMatchObject({ code: 'backup-encrypted', input: 'b.age' });
  for (const [key, code] of [
    ['other.txt', 'backup-encrypted'],
    ['t.yaml', 'identity-broken'],
    ['nowhere.txt', 'file-missing'],
  ] as const)
    expect(await refused('copy', 'restore', 'b.age', '--identity', key)).toMatchObject({ code });
  expect(await done('copy', 'restore', 'b.age', '--identity', 'key.txt')).toMatchObject({ head });
  expect(await done('copy', 'verify', '--published', `${head.seq}:${head.link}`)).toMatchObject({
    ...{ verdict: 'holds', entries: head.seq, link: head.link, altered: null },
  });
  // A plain backup is restored with or without an identity.
  await done('copy', 'backup', 'b.plain');
  expect(await done('plain', 'restore', 'b.plain', '--identity', 'key.txt')).toMatchObject({ head });
});
