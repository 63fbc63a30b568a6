// `jikji program password-link`, and `restore` of a backup that a server encrypted.

import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { openStore } from '../program/database/index.ts';
import { housekeepingOver } from '../program/housekeeping/index.ts';
import { Users } from '../program/users/index.ts';
import '../program/users/testing/quick-passwords.ts';
import { workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const folder = workFolder();
const { callsOn, close, program, refused } = programmeCalls(folder, ['p', 'copy', 'plain']);
const copy = callsOn('copy');

const open = () => openStore({ folder: join(folder, 'p', 'database') });

test('the last user of the office, who forgot the password, gets a link', async () => {
  const store = await open();
  const users = await Users.open(store);
  const who = { user: 'kim', name: 'Kim', password: 'a forgotten password' };
  await users.accept((await users.firstInvitation())!, who, '::1');
  await store.close();

  const made = await program`password-link kim --origin https://console.example.kr/`;
  const [address, token] = made.link.split('#');
  expect([made.user, address]).toEqual(['kim', 'https://console.example.kr/reset']);
  expect(await refused`password-link nobody`).toMatchObject({ code: 'user-unknown', input: 'nobody' });
  for (const origin of ['console.example.kr', 'javascript:alert(1)', ''])
    expect(await refused`password-link kim --origin ${origin}`).toMatchObject({ code: 'origin-broken' });
  expect(await callsOn('nowhere').refused`password-link kim`).toMatchObject({ code: 'programme-missing' });

  const again = await open();
  const after = await Users.open(again);
  await after.useReset(token, 'a password to remember', '::1');
  expect((await after.logIn('kim', 'a password to remember', '::1')).viewer.role).toBe('office');
  await again.close();
});

test('an encrypted backup of the server is restored with its identity, and verifies', async () => {
  await program`example practice`;
  await close();
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

  expect(await copy.refused`restore b.age`).toMatchObject({ code: 'backup-encrypted', input: 'b.age' });
  for (const [key, code] of [
    ['other.txt', 'backup-encrypted'],
    ['t.yaml', 'identity-broken'],
    ['nowhere.txt', 'file-missing'],
  ] as const)
    expect(await copy.refused`restore b.age --identity ${key}`).toMatchObject({ code });
  expect(await copy.program`restore b.age --identity key.txt`).toMatchObject({ head });
  expect(await copy.program`verify --published ${head.seq}:${head.link}`).toMatchObject({
    ...{ verdict: 'holds', entries: head.seq, link: head.link, altered: null },
  });
  // A plain backup is restored with or without an identity.
  await copy.program`backup b.plain`;
  expect(await callsOn('plain').program`restore b.plain --identity key.txt`).toMatchObject({ head });
});
