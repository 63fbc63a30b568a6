// The users of a server, over PGlite and PostgreSQL alike, by a clock that the tests set.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { openStore } from '../database/index.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { overStores, say } from '../database/testing/harness.ts';
import { verifyChain } from '../log/testing/verify-chain.ts';
import { id } from '../state/fields.ts';
import { NOBODY, TooMany, Users } from './index.ts';
import { isUserId } from './input.ts';
import { Bench, EXPERT, HOME, OFFICE, PASSWORD, who } from './testing/bench.ts';

const DAY = 86_400_000;
const folder = temporaryFolder();

overStores('users', (tested, { name }) => {
  const bench = new Bench(tested);
  let users: Users;
  beforeEach(() => {
    users = bench.users;
  });
  const { isoIn, open } = bench;
  const sql = (text: string) => tested.sql(text);
  const everything = async () => {
    const values: string[] = [];
    const tables = await sql(`select table_name from information_schema.tables where table_schema = 'jikji'`);
    const names = ['accounts', 'entries', 'invitations', 'jobs', 'secrets', 'sessions', 'users'];
    expect(tables.map(({ table_name }) => table_name)).toEqual(expect.arrayContaining(names));
    for (const { table_name } of tables) {
      const rows = await sql(`select * from jikji.${table_name}`);
      values.push(...rows.flatMap((row) => Object.values(row).map((value) => String(value))));
    }
    return values;
  };

  test('the first link creates the office user; after that there is no first link', async () => {
    const first = (await users.firstInvitation())!;
    const invitation = { id: 'first', role: 'office', programme: null, consortium: null, note: null, usedBy: null };
    const times = { created: isoIn(0), expires: isoIn(DAY) };
    expect(await users.invitation(first)).toEqual({ ...invitation, ...times });
    const session = await users.accept(first, { ...who('kim'), name: ' 김 철수 ' }, HOME);
    const viewer = { user: 'kim', name: '김 철수', role: 'office', programme: null, consortium: null };
    expect(session).toEqual({ token: expect.any(String), expires: isoIn(7 * DAY), viewer });
    expect(await users.viewer(session.token)).toEqual(viewer);
    expect(await users.firstInvitation()).toBeUndefined();
    await expectRefusal(users.invitation(first), 'invitation-unknown');
    expect(await users.invitations()).toEqual([{ ...invitation, ...times, usedBy: 'kim' }]);
  });

  test('a new first link replaces the earlier one; it expires after a day, and once an office user exists', async () => {
    const first = (await users.firstInvitation())!;
    const second = (await users.firstInvitation())!;
    await expectRefusal(users.accept(first, who('kim'), HOME), 'invitation-unknown');
    bench.now += DAY;
    await expectRefusal(users.accept(second, who('kim'), HOME), 'invitation-unknown');
    const third = (await users.firstInvitation())!;
    await sql(
      `insert into jikji.users values ('lee', 'Lee', 'office', null, null, false, '${isoIn(0)}', '${isoIn(0)}', null)`,
    );
    for (const look of [users.invitation(third), users.accept(third, who('kim'), HOME)]) {
      await expectRefusal(look, 'invitation-unknown');
    }
    await sql('update jikji.users set blocked = true');
    expect((await users.accept(third, who('kim'), HOME)).viewer.role).toBe('office');
  });

  test('an invitation: for whom, for how long, used once; withdrawn, it is invalid', async () => {
    const { viewer } = await bench.office();
    const what = { role: 'consortium', programme: 'p', consortium: 'c', note: 'for Lee' } as const;
    const made = await users.invite(viewer, what);
    expect(made.expires).toBe(isoIn(7 * DAY));
    expect(await users.invitation(made.token)).toMatchObject({ ...what, usedBy: null });
    const { viewer: lee, token } = await users.accept(made.token, who('lee'), HOME);
    expect(lee).toEqual({ user: 'lee', name: 'LEE', role: 'consortium', programme: 'p', consortium: 'c' });
    expect(await users.viewer(token)).toEqual(lee);

    const late = await users.invite(viewer, { ...EXPERT, days: 2 });
    const gone = await users.invite(viewer, EXPERT);
    await users.withdraw(gone.id);
    bench.now += 2 * DAY - 1;
    await users.invitation(late.token);
    bench.now += 1;
    for (const token of [made.token, late.token, gone.token, '', 'x', 'x'.repeat(1000), '\0']) {
      await expectRefusal(users.invitation(token), 'invitation-unknown');
      await expectRefusal(users.accept(token, who('park'), HOME), 'invitation-unknown');
    }
    for (const id of [made.id, gone.id, 'x']) {
      await expectRefusal(users.withdraw(id), 'invitation-unknown');
    }
    const listed = (await users.invitations()).map(({ id, usedBy }) => [id, usedBy] as const);
    expect(new Map(listed)).toEqual(
      new Map([
        ['first', 'kim'],
        [made.id, 'lee'],
        [late.id, null],
      ]),
    );
    expect((await users.list()).map(({ user }) => user)).toEqual(['kim', 'lee']);
  });

  test('two accept one link at once: one wins, and no other user is created', async () => {
    const { viewer } = await bench.office();
    const other = await open();
    const used = ['kim'];
    bench.now += 1;
    for (let round = 0; round < 3; round++) {
      const { token } = await users.invite(viewer, EXPERT);
      const names = Array.from({ length: 4 }, (_, i) => `u${round}-${i}`);
      const ends = await Promise.allSettled(
        names.map((user, i) => [users, other][i % 2]!.accept(token, who(user), `10.0.0.${i}`)),
      );
      const won = names.filter((_, i) => ends[i]!.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const end of ends) {
        if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'invitation-unknown' });
      }
      expect((await users.list()).filter(({ user }) => names.includes(user)).map(({ user }) => user)).toEqual(won);
      bench.now += 1;
      used.push(won[0]!);
    }
    expect((await users.invitations()).map(({ usedBy }) => usedBy)).toEqual(used);
  });

  test('a taken name: the link stays valid; of two who request a name at once, one gets it', async () => {
    const { viewer } = await bench.office();
    const [one, two] = [await users.invite(viewer, EXPERT), await users.invite(viewer, EXPERT)];
    await expect(users.accept(one.token, who('kim'), HOME)).rejects.toMatchObject({
      code: 'user-taken',
      input: 'kim',
    });
    const ends = await Promise.allSettled([one, two].map(({ token }) => users.accept(token, who('lee'), HOME)));
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = ends.findIndex(({ status }) => status === 'rejected');
    expect((ends[lost] as PromiseRejectedResult).reason).toMatchObject({ code: 'user-taken' });
    await users.accept([one, two][lost]!.token, who('park'), HOME);
  });

  test('who may invite whom to what', async () => {
    const { viewer } = await bench.office();
    for (const by of [NOBODY, { ...viewer, role: 'expert' } as const]) {
      await expectRefusal(users.invite(by, EXPERT), 'forbidden');
    }
    for (const what of [
      { role: 'public', programme: 'p', consortium: null },
      { role: 'king', programme: 'p', consortium: null },
      { role: 'office', programme: 'p', consortium: null },
      { role: 'expert', programme: null, consortium: null },
      { role: 'expert', programme: 'P p', consortium: null },
      { role: 'expert', programme: 'p', consortium: 'c' },
      { role: 'consortium', programme: 'p', consortium: null },
      { ...EXPERT, note: 'two\nlines' },
      { ...EXPERT, note: 'x'.repeat(301) },
    ]) {
      await expectRefusal(users.invite(viewer, what as never), 'invitation-unfit');
    }
    for (const days of [0, -1, 1.5, 91, Number.NaN]) {
      await expectRefusal(users.invite(viewer, { ...EXPERT, days }), 'days-unfit');
    }
    expect(await users.invitations()).toHaveLength(1);
  });

  test('invalid users, names and passwords', async () => {
    const { viewer } = await bench.office();
    const { token } = await users.invite(viewer, EXPERT);
    const accept = (part: object) => users.accept(token, { ...who('lee'), ...part }, HOME);
    for (const user of ['', 'Lee', '-lee', 'le e', 'lee\n', '이', 'a'.repeat(65), 'office:lee']) {
      await expectRefusal(accept({ user }), 'user-unfit');
    }
    for (const name of ['', '  ', 'a\0b', 'a\nb', 'a\u202eb', '\ud800', 'x'.repeat(101)]) {
      await expectRefusal(accept({ name }), 'name-unfit');
    }
    for (const password of [
      '',
      'ninechars',
      '한'.repeat(9),
      '1'.repeat(10),
      '한'.repeat(86),
      'abcde'.repeat(52),
      `${PASSWORD}\0`,
    ]) {
      const error = await accept({ password }).catch((error: unknown) => error);
      expect(error).toMatchObject({ code: 'password-weak', input: 'password' });
    }
    const same = { user: 'lee-the-third', password: 'LEE-the-third' };
    await expectRefusal(accept(same), 'password-weak');
    for (const password of ['1q2w3e4r5t', 'QWERTYuiop', 'Password123!', 'sunshine2024']) {
      const error = await accept({ password }).catch((error: unknown) => error);
      expect(error, password).toMatchObject({ code: 'password-common', input: 'password' });
      expect(JSON.stringify(error)).not.toContain(password);
    }
    const longest = `${'한'.repeat(80)}1234567890123456`;
    await accept({ password: longest });
    expect((await users.logIn('lee', longest, HOME)).viewer.user).toBe('lee');
    await expectRefusal(users.logIn('lee', longest.slice(0, -1), HOME), 'log-in-wrong');
  });

  test('log in and out; sessions are separate', async () => {
    await bench.office();
    const one = await users.logIn('kim', PASSWORD, HOME);
    const two = await users.logIn('kim', PASSWORD, HOME);
    expect(one.token).not.toBe(two.token);
    await users.logOut(one.token);
    await users.logOut(one.token);
    await users.logOut('');
    expect(await users.viewer(one.token)).toBeUndefined();
    expect(await users.viewer(two.token)).toEqual(two.viewer);
    for (const token of ['', 'x', one.token.slice(1), 'x'.repeat(1 << 20), '\0', two.token.toUpperCase()]) {
      expect(await users.viewer(token)).toBeUndefined();
    }
  });

  test('all failed log-ins look the same: wrong user, wrong password or both, blocked or too long', async () => {
    const { viewer } = await bench.office();
    await bench.joined({ viewer }, 'lee');
    await users.block('lee', true);
    const errors = [];
    for (const [user, password] of [
      ['kim', 'not the password'],
      ['nobody', PASSWORD],
      ['lee', PASSWORD],
      ['', ''],
      ["' or true --", PASSWORD],
      ['kim\0', PASSWORD],
      ['x'.repeat(1 << 20), PASSWORD],
      ['kim', 'x'.repeat(1 << 20)],
      ['kim', `${PASSWORD}\0`],
    ] as const) {
      const error = await users.logIn(user, password, HOME).catch((error: unknown) => error);
      errors.push({ ...(error as Error), message: (error as Error).message });
    }
    expect(errors[0]).toMatchObject({ code: 'log-in-wrong' });
    for (const error of errors) expect(error).toEqual(errors[0]);
    expect((await users.logIn('kim', PASSWORD, HOME)).viewer).toEqual(viewer);
  });

  test('guesses are rate-limited, also for an unknown user; another address is accepted', async () => {
    await bench.office();
    for (const user of ['kim', 'nobody']) {
      const ends = await Promise.allSettled(
        Array.from({ length: 100 }, (_, i) => users.logIn(user, `guess number ${i}`, `198.51.100.${user.length}`)),
      );
      const codes = ends.map((end) => (end as PromiseRejectedResult).reason.code);
      expect(codes.filter((code) => code === 'log-in-wrong')).toHaveLength(5);
      expect(codes.filter((code) => code === 'too-many')).toHaveLength(95);
    }
    const error = await users.logIn('kim', PASSWORD, '198.51.100.3').catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TooMany);
    expect((error as TooMany).retryAfter).toBe(1);
    expect((await users.logIn('kim', PASSWORD, HOME)).viewer.user).toBe('kim');
    bench.now += 1000;
    expect((await users.logIn('kim', PASSWORD, '198.51.100.3')).viewer.user).toBe('kim');
    const links = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => users.accept(`link ${i}`, who('lee'), '203.0.113.9')),
    );
    expect(links.filter((end) => (end as PromiseRejectedResult).reason.code === 'too-many')).toHaveLength(80);
  });

  test('guesses from ever new addresses do not make a user wait in a browser where he logged in before; there he has guesses of its own', async () => {
    const { viewer } = await bench.office();
    const mark = await users.markBrowser('kim');
    const codeOf = (user: string, password: string, from: string, mark?: string): Promise<string> =>
      users.logIn(user, password, from, mark).then(
        () => 'in',
        (error: { code: string }) => error.code,
      );
    expect(await codeOf('kim', 'mistyped once', HOME)).toBe('log-in-wrong');
    for (let i = 0; i < 30; i++) {
      expect(await codeOf('kim', `guess number ${i}`, `203.0.113.${i}`)).toBe('log-in-wrong');
      bench.now += 20_000;
    }
    expect(await codeOf('kim', PASSWORD, HOME)).toBe('too-many');
    expect(await codeOf('kim', 'mistyped again', HOME, mark)).toBe('log-in-wrong');
    expect(await codeOf('kim', PASSWORD, HOME, mark)).toBe('in');

    // A mark is of one user and one password, and nobody can write one.
    await bench.joined({ viewer }, 'lee');
    const forged = [mark.replace('kim', 'lee'), `kim.x.${mark.split('.')[2]}`, 'kim', 'kim..', '', 'x'.repeat(512)];
    for (const one of [...forged, await users.markBrowser('lee')])
      expect(await codeOf('kim', PASSWORD, HOME, one)).toBe('too-many');
    // The failure there counts too: a log-in takes back only its own.
    for (let i = 0; i < 4; i++) expect(await codeOf('kim', `guess ${i}`, HOME, mark)).toBe('log-in-wrong');
    expect(await codeOf('kim', PASSWORD, HOME, mark)).toBe('too-many');
    bench.now += 1000;
    expect(await codeOf('kim', PASSWORD, HOME, mark)).toBe('in');
    await users.setPassword('kim', PASSWORD, 'quite another one');
    for (let i = 0; i < 5; i++) await codeOf('kim', `guess ${i}`, HOME);
    expect(await codeOf('kim', 'quite another one', HOME, mark)).toBe('too-many');
  });

  test('a log-in lasts 7 days from its last use, 30 in all, and is noted once a minute', async () => {
    const { token, expires } = await bench.office();
    expect(expires).toBe(isoIn(7 * DAY));
    const begun = bench.now;
    const row = async () => (await sql('select * from jikji.sessions'))[0]!;
    const seen = async () => (await users.list())[0]!.lastSeen;
    expect(await seen()).toBeNull();
    await users.viewer(token);
    expect(await seen()).toBe(isoIn(0));
    const first = await row();
    bench.now += 59_999;
    await users.viewer(token);
    expect(await row()).toEqual(first);
    bench.now += 1;
    await users.viewer(token);
    expect(await row()).toMatchObject({ used_at: isoIn(0), expires_at: isoIn(7 * DAY) });
    expect(await seen()).toBe(isoIn(0));
    for (let use = 0; use < 4; use++) {
      bench.now += 7 * DAY - 1;
      expect(await users.viewer(token)).toBeDefined();
    }
    expect((await row()).expires_at).toBe(new Date(begun + 30 * DAY).toISOString());
    bench.now = begun + 30 * DAY;
    expect(await users.viewer(token)).toBeUndefined();
    const { token: idle } = await users.logIn('kim', PASSWORD, HOME);
    expect(await sql('select * from jikji.sessions')).toHaveLength(1); // the old one was cleared away
    bench.now += 7 * DAY;
    expect(await users.viewer(idle)).toBeUndefined();
  });

  test('checking a session does not count as its use', async () => {
    const { token, viewer } = await bench.office();
    const before = await sql('select * from jikji.sessions');
    bench.now += DAY;
    expect(await users.viewer(token, { isUse: false })).toEqual(viewer);
    expect(await sql('select * from jikji.sessions')).toEqual(before);
  });

  test('API tokens: listed without their secret, expire on time, dropped by their owner only', async () => {
    const { viewer, token: session } = await bench.office();
    await bench.joined({ viewer }, 'lee');
    const ci = await users.newToken('kim', { name: ' CI ', days: 3 });
    expect(ci.expires).toBe(isoIn(3 * DAY));
    expect(await users.viewer(ci.token)).toEqual(viewer);
    const listed = { id: ci.id, name: 'CI', created: isoIn(0), expires: isoIn(3 * DAY), used: isoIn(0) };
    expect(await users.tokens('kim')).toEqual([listed]);
    expect(await users.tokens('lee')).toEqual([]);
    for (const id of [ci.id, 'x']) {
      await expectRefusal(users.dropToken('lee', id), 'token-unknown');
    }
    const [{ id: sessionId }] = (await sql('select id from jikji.sessions where label is null')) as [{ id: string }];
    await expectRefusal(users.dropToken('kim', sessionId), 'token-unknown');
    bench.now += 3 * DAY - 1;
    expect(await users.viewer(ci.token)).toEqual(viewer);
    bench.now += 1; // its use has not moved its end
    expect(await users.viewer(ci.token)).toBeUndefined();
    expect(await users.tokens('kim')).toEqual([]);
    const next = await users.newToken('kim', { name: 'next', days: 366 });
    await users.dropToken('kim', next.id);
    expect(await users.viewer(next.token)).toBeUndefined();
    expect(await users.viewer(session)).toEqual(viewer);

    await expectRefusal(users.newToken('kim', { name: '', days: 1 }), 'name-unfit');
    await expectRefusal(users.newToken('kim', { name: 'x', days: 367 }), 'days-unfit');
    await expectRefusal(users.newToken('park', { name: 'x', days: 1 }), 'user-unknown');
    for (let i = 0; i < 50; i++) await users.newToken('kim', { name: 'x', days: 1 });
    await expectRefusal(users.newToken('kim', { name: 'x', days: 1 }), 'tokens-full');
  });

  test('a blocked user: sessions and tokens end, links do not work; unblocked, the user logs in again', async () => {
    const kim = await bench.office();
    const lee = await bench.joined(kim, 'lee', OFFICE);
    const token = await users.newToken('lee', { name: 'x', days: 9 });
    const link = await users.invite(lee.viewer, OFFICE);
    await users.block('lee', true);
    expect(await users.viewer(lee.token)).toBeUndefined();
    expect(await users.viewer(token.token)).toBeUndefined();
    await expectRefusal(users.logIn('lee', PASSWORD, HOME), 'log-in-wrong');
    await expectRefusal(users.newToken('lee', { name: 'x', days: 9 }), 'user-unknown');
    await expectRefusal(users.accept(link.token, who('lee-2'), HOME), 'invitation-unknown');
    expect((await users.list()).map(({ user, blocked }) => [user, blocked])).toEqual([
      ['kim', false],
      ['lee', true],
    ]);
    expect(await users.viewer(kim.token)).toEqual(kim.viewer);
    await users.block('lee', false);
    expect(await users.viewer(lee.token)).toBeUndefined();
    expect(await users.viewer(token.token)).toBeUndefined();
    expect((await users.logIn('lee', PASSWORD, HOME)).viewer.user).toBe('lee');
    await expectRefusal(users.block('park', true), 'user-unknown');
  });

  test('an office user can always log in, also when two block each other at once', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'an-expert');
    await expectRefusal(users.block('kim', true), 'last-office-user');
    await users.block('an-expert', true);
    await bench.joined(kim, 'lee', OFFICE);
    const other = await open();
    for (let round = 0; round < 10; round++) {
      const ends = await Promise.allSettled([users.block('kim', true), other.block('lee', true)]);
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await users.firstInvitation()).toBeUndefined();
      for (const user of ['kim', 'lee']) await users.block(user, false);
    }
  });

  test('a new password: the old password and its sessions and tokens are gone', async () => {
    const kim = await bench.office();
    const token = await users.newToken('kim', { name: 'x', days: 9 });
    await expectRefusal(users.setPassword('kim', 'wrong', 'another password'), 'log-in-wrong');
    await expectRefusal(users.setPassword('kim', PASSWORD, 'short'), 'password-weak');
    await expectRefusal(users.setPassword('kim', PASSWORD, 'Christopher1'), 'password-common');
    await expectRefusal(users.setPassword('park', PASSWORD, PASSWORD), 'log-in-wrong');
    expect(await users.viewer(kim.token)).toEqual(kim.viewer);
    const session = await users.setPassword('kim', PASSWORD, 'another password');
    expect(await users.viewer(session.token)).toEqual(kim.viewer);
    expect(await users.viewer(kim.token)).toBeUndefined();
    expect(await users.viewer(token.token)).toBeUndefined();
    await expectRefusal(users.logIn('kim', PASSWORD, HOME), 'log-in-wrong');
    expect((await users.logIn('kim', 'another password', HOME)).viewer).toEqual(kim.viewer);
    const guesses = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => users.setPassword('kim', `guess ${i}`, 'yet another one')),
    );
    const heard = guesses.filter((end) => (end as PromiseRejectedResult).reason.code === 'log-in-wrong');
    expect(heard).toHaveLength(4); // with the wrong one above
  });

  test('a log-in by the old password during the change does not stay valid; of two new passwords one is set', async () => {
    await bench.office();
    let old = PASSWORD;
    for (let round = 0; round < 5; round++) {
      const next = `password number ${round}`;
      const [logIn, set, other] = await Promise.allSettled([
        users.logIn('kim', old, HOME),
        users.setPassword('kim', old, next),
        users.setPassword('kim', old, `${next} b`),
      ]);
      expect([set.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
      if (logIn.status === 'fulfilled') expect(await users.viewer(logIn.value.token)).toBeUndefined();
      old = set.status === 'fulfilled' ? next : `${next} b`;
      bench.now += 3_600_000;
    }
  });

  test('no value in the database can be used to log in', async () => {
    const kim = await bench.office();
    const link = await users.invite(kim.viewer, EXPERT);
    const api = await users.newToken('kim', { name: 'x', days: 9 });
    const two = await users.logIn('kim', PASSWORD, HOME);
    const stolen = [...new Set(await everything())];
    const opening = [PASSWORD, kim.token, link.token, api.token, two.token];
    for (const secret of opening) {
      for (const bytes of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) {
        expect(stolen.filter((value) => value.includes(bytes))).toEqual([]);
      }
    }
    for (const token of opening.slice(1)) {
      expect(stolen).toContain(createHash('sha256').update(token).digest('hex')); // so it was all there to be looked at
    }
    for (const value of stolen) {
      for (const token of [value, ...value.split(':')]) {
        expect(await users.viewer(token)).toBeUndefined();
        await expectRefusal(users.invitation(token), 'invitation-unknown');
        bench.now += 1; // within the life of all of them
      }
    }
    const hashes = stolen.filter((value) => /^[0-9a-f:]{64,}$/.test(value));
    expect(hashes.length).toBeGreaterThanOrEqual(5);
    for (const value of hashes) {
      const from = `10.0.0.${hashes.indexOf(value)}`;
      await expectRefusal((await open()).logIn('kim', value, from), 'log-in-wrong');
    }
  });

  test('sessions survive a restart, and a user blocked by one process is blocked in both', async () => {
    const kim = await bench.office();
    const lee = await bench.joined(kim, 'lee');
    const other = await open();
    expect(await other.viewer(kim.token)).toEqual(kim.viewer);
    await other.block('lee', true);
    expect(await users.viewer(lee.token)).toBeUndefined();
  });

  test('a backup holds the programme without users; it is restored into a database with users only, and they stay', async () => {
    const kim = await bench.office();
    const { seq, link } = await say(tested.store, 'a');
    const file = join(folder, `${name}.backup`);
    const contents = await tested.store.backup(file);
    expect(contents).toEqual({ head: { seq, link }, rows: 0, secrets: 0 });
    const text = gunzipSync(readFileSync(file)).toString();
    const [{ password }] = (await sql('select password from jikji.accounts')) as [{ password: string }];
    for (const secret of [password, kim.token, 'kim']) expect(text).not.toContain(secret);
    await tested.clear();
    expect(await tested.store.restore(file)).toEqual(contents);
    expect(await verifyChain(tested.store.entries())).toEqual({ seq, link });
    expect(await users.viewer(kim.token)).toEqual(kim.viewer);
  });
});

test('ids have the form that the log requires', () => {
  const ids = ['a', '0', 'a-b', 'a-', '-a', 'A', 'a_b', '', 'é', 'a\n', 'a'.repeat(64), 'a'.repeat(65), 'office'];
  for (const user of ids) expect(isUserId(user), user).toBe(id.safeParse(user).success);
});

test('a lost database is a readable error', async () => {
  const store = await openStore({ folder: await emptyDatabase(join(folder, 'gone')) });
  const users = await Users.open(store);
  await store.close();
  await expect(users.logIn('kim', PASSWORD, HOME)).rejects.toThrow('the database is closed');
});

test('better-auth is loaded with the first session or password, prints nothing, and connects to nothing; an unknown user costs a hash too', async () => {
  const script = `
    import crypto from 'node:crypto';
    import { registerHooks, syncBuiltinESMExports } from 'node:module';
    import net from 'node:net';
    const seen = [];
    registerHooks({ resolve(specifier, context, next) { const r = next(specifier, context); seen.push(r.url); return r; } });
    const isLoaded = () => seen.some((url) => url.includes('/node_modules/better-auth/'));
    let connections = 0;
    net.Socket.prototype.connect = () => { connections++; throw new Error('network'); };
    const { scrypt } = crypto;
    let hashes = 0;
    const work = new Set();
    crypto.scrypt = (...args) => { hashes++; const { N, r, p } = args[3]; work.add([N, r, p].join()); return scrypt(...args); };
    syncBuiltinESMExports();
    globalThis.fetch = async () => { connections++; throw new Error('network'); };
    const { Users } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    const { openStore } = await import(${JSON.stringify(new URL('../database/index.ts', import.meta.url).href)});
    const before = isLoaded();
    const store = await openStore({ folder: ${JSON.stringify(join(folder, 'quiet'))} });
    const users = await Users.open(store);
    const invitation = await users.firstInvitation();
    await users.list();
    const opened = isLoaded();
    const { token } = await users.accept(invitation, { user: 'kim', name: 'Kim', password: ${JSON.stringify(PASSWORD)} }, '::1');
    const viewer = await users.viewer(token);
    const costs = [];
    for (const [user, password] of [['kim', 'wrong'], ['nobody', 'wrong'], ['kim', 'x'.repeat(257)]]) {
      const before = hashes;
      await users.logIn(user, password, '::1').catch(() => {});
      costs.push(hashes - before);
    }
    await store.close();
    console.log(JSON.stringify({ before, opened, after: isLoaded(), connections, user: viewer.user, costs, work: [...work] }));
  `;
  await emptyDatabase(join(folder, 'quiet'));
  const file = join(folder, 'quiet.mjs');
  writeFileSync(file, script);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', file], {
    env: { ...process.env, NODE_ENV: 'production', VITEST: '', TEST: '', BETTER_AUTH_TELEMETRY: '1' },
  });
  expect(stderr).toBe('');
  const quiet = { before: false, opened: false, after: true, connections: 0, user: 'kim' };
  expect(JSON.parse(stdout)).toEqual({ ...quiet, costs: [1, 1, 0], work: ['16384,16,1'] });
});
