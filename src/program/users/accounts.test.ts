// Accounts that exist, over PGlite and PostgreSQL alike: links for a new password, roles that change, log-ins that are ended, the record of it.

import { beforeEach, expect, test } from 'vitest';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { overStores } from '../database/testing/harness.ts';
import { kindOfBrowser, type Users } from './index.ts';
import { Bench, EXPERT, HOME, OFFICE, PASSWORD, who } from './testing/bench.ts';

const NEXT = 'another fine password';
const HOUR = 3_600_000;
const AUDITOR = { role: 'auditor', programme: 'p', consortium: null } as const;
const anybody = () => {};
const unknown = { code: 'reset-unknown' };
const statuses = (ends: PromiseSettledResult<unknown>[]) => ends.map(({ status }) => status).sort();

overStores('accounts', (tested) => {
  const bench = new Bench(tested);
  let users: Users;
  beforeEach(() => {
    users = bench.users;
  });
  /** `user what by` of each change, the oldest first. */
  const changes = async (): Promise<string[]> =>
    (await users.memberships.changes({})).map(({ user, what, by }) => `${user} ${what} ${by}`).reverse();

  test('a link sets a new password once, and ends all sessions and tokens of its user', async () => {
    const kim = await bench.office();
    const lee = await bench.joined(kim, 'lee');
    const api = await users.newToken('lee', { name: 'x', days: 9 });
    const { token, expires } = await users.resets.make('lee', 'kim');
    expect(expires).toBe(bench.isoIn(24 * HOUR));
    expect(await users.reset(token, HOME)).toEqual({ user: 'lee', expires });
    for (const [password, code] of [
      ['short', 'password-weak'],
      ['lee', 'password-weak'],
      ['Password123!', 'password-common'],
    ] as const)
      await expectRefusal(users.useReset(token, password, HOME), code);
    expect(await users.viewer(lee.token)).toEqual(lee.viewer);

    bench.now += HOUR;
    const fresh = await users.useReset(token, NEXT, HOME);
    expect(await users.viewer(fresh.token)).toEqual(lee.viewer);
    expect(await users.viewer(lee.token)).toBeUndefined();
    expect(await users.viewer(api.token)).toBeUndefined();
    expect(await users.viewer(kim.token)).toEqual(kim.viewer);
    await expectRefusal(users.logIn('lee', PASSWORD, HOME), 'log-in-wrong');
    expect((await users.logIn('lee', NEXT, HOME)).viewer).toEqual(lee.viewer);
    for (const again of [users.reset(token, HOME), users.useReset(token, `${NEXT} 2`, HOME)])
      await expect(again).rejects.toMatchObject(unknown);
    const used = bench.isoIn(0);
    expect((await users.resets.list()).get('lee')).toMatchObject({ used });
    expect(await changes()).toEqual(['lee reset-made kim', 'lee reset-used lee']);
  });

  test('of two resets at once one succeeds, and its password is the one that is set', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'lee');
    const other = await bench.open();
    for (let round = 0; round < 5; round++) {
      const { token } = await users.resets.make('lee', 'kim');
      const passwords = [`password one ${round}`, `password two ${round}`];
      const ends = await Promise.allSettled(
        passwords.map((password, i) => [users, other][i]!.useReset(token, password, `10.0.0.${i}`)),
      );
      expect(statuses(ends)).toEqual(['fulfilled', 'rejected']);
      for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject(unknown);
      const won = ends.findIndex(({ status }) => status === 'fulfilled');
      await users.logIn('lee', passwords[won]!, HOME);
      await expectRefusal(users.logIn('lee', passwords[1 - won]!, HOME), 'log-in-wrong');
      bench.now += HOUR;
    }
  });

  test('a log-in by the old password during a reset does not stay valid', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'lee');
    let old = PASSWORD;
    for (let round = 0; round < 5; round++) {
      const { token } = await users.resets.make('lee', 'kim');
      const next = `password number ${round}`;
      const [logIn, reset] = await Promise.allSettled([
        users.logIn('lee', old, HOME),
        users.useReset(token, next, HOME),
      ]);
      expect(reset.status).toBe('fulfilled');
      if (logIn.status === 'fulfilled') expect(await users.viewer(logIn.value.token)).toBeUndefined();
      old = next;
      bench.now += HOUR;
    }
  });

  test('links that are expired, replaced, guessed or of others do not work', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'lee');
    const first = await users.resets.make('lee', 'kim');
    const second = await users.resets.make('lee', 'kim');
    const invitation = await users.invite(kim.viewer, EXPERT);
    for (const token of [first.token, invitation.token, kim.token, '', 'x', '\0', 'x'.repeat(1 << 20), first.id])
      await expect(users.useReset(token, NEXT, HOME)).rejects.toMatchObject(unknown);
    await expectRefusal(users.accept(second.token, who('choi'), HOME), 'invitation-unknown');
    bench.now += 24 * HOUR;
    await expect(users.useReset(second.token, NEXT, HOME)).rejects.toMatchObject(unknown);
    await users.logIn('lee', PASSWORD, HOME);
    await expectRefusal(users.resets.make('nobody', 'kim'), 'user-unknown');
    const stored = JSON.stringify(await tested.sql('select * from jikji.resets'));
    for (const { token } of [first, second]) expect(stored).not.toContain(token);
  });

  test('guesses of links are limited', async () => {
    await bench.office();
    const ends = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) =>
        i % 2 === 0 ? users.reset(`link ${i}`, HOME) : users.useReset(`link ${i}`, NEXT, HOME),
      ),
    );
    const codes = ends.map((end) => (end as PromiseRejectedResult).reason.code);
    expect(codes.filter((code) => code === 'reset-unknown')).toHaveLength(20);
    expect(codes.filter((code) => code === 'too-many')).toHaveLength(80);
  });

  test('the link of a blocked user does not work, nor one that somebody no longer of the office made', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'park', OFFICE);
    await bench.joined(kim, 'lee');
    const toBlocked = await users.resets.make('lee', 'kim');
    await users.block('lee', true, 'kim');
    await expect(users.useReset(toBlocked.token, NEXT, HOME)).rejects.toMatchObject(unknown);
    await expectRefusal(users.resets.make('lee', 'kim'), 'user-unknown');
    await users.block('lee', false, 'kim');
    await users.useReset(toBlocked.token, NEXT, HOME); // it was not used up

    const byPark = await users.resets.make('kim', 'park');
    await users.memberships.change('kim', 'park', EXPERT, anybody);
    await expect(users.useReset(byPark.token, NEXT, HOME)).rejects.toMatchObject(unknown);
    await expectRefusal(users.resets.make('kim', 'park'), 'forbidden');
    expect(await users.viewer(kim.token)).toEqual(kim.viewer);
  });

  test('a block at the same time as a reset: afterwards nobody is logged in as the blocked user', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'lee');
    const other = await bench.open();
    for (let round = 0; round < 8; round++) {
      const { token } = await users.resets.make('lee', 'kim');
      const [reset] = await Promise.allSettled([
        users.useReset(token, `password number ${round}`, HOME),
        other.block('lee', true, 'kim'),
      ]);
      await other.block('lee', false, 'kim'); // a session that was left over would live again
      if (reset.status === 'fulfilled') expect(await users.viewer(reset.value.token)).toBeUndefined();
      bench.now += HOUR;
    }
  });

  test('the command line makes a link for the last user of the office', async () => {
    const kim = await bench.office();
    const { token } = await users.resets.make('kim', null);
    await users.useReset(token, NEXT, HOME);
    expect((await users.logIn('kim', NEXT, HOME)).viewer).toEqual(kim.viewer);
    expect(await changes()).toEqual(['kim reset-made null', 'kim reset-used kim']);
  });

  test('a changed role is that of open sessions at once, API tokens end, and the record says who changed what', async () => {
    const kim = await bench.office();
    const lee = await bench.joined(kim, 'lee');
    const api = await users.newToken('lee', { name: 'x', days: 9 });
    let told = 0;
    const stop = users.watch('lee', () => told++);
    const to = { role: 'consortium', programme: 'p', consortium: 'c' } as const;
    await users.memberships.change('kim', 'lee', to, anybody);
    expect(await users.viewer(lee.token)).toEqual({ ...lee.viewer, ...to });
    expect(await users.viewer(api.token)).toBeUndefined();
    expect(told).toBe(1);
    stop();
    await users.memberships.change('kim', 'lee', to, anybody); // nothing changes, so nothing is recorded
    await users.memberships.change('kim', 'lee', OFFICE, anybody);
    expect(told).toBe(1);
    const at = bench.isoIn(0);
    const line = { id: expect.any(Number), time: at, user: 'lee', by: 'kim', what: 'role' };
    expect(await users.memberships.changes({})).toEqual([
      { ...line, before: to, after: OFFICE },
      { ...line, before: EXPERT, after: to },
    ]);
    expect(await users.memberships.changes({ programme: 'q' })).toHaveLength(1); // the office is of all programmes
    const [newest] = await users.memberships.changes({});
    expect(await users.memberships.changes({ before: newest!.id })).toHaveLength(1);
  });

  test('roles that do not exist or do not go together, unknown users, and users who are not of the office', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'lee');
    for (const to of [
      { ...EXPERT, role: 'king' },
      { ...EXPERT, role: 'public' },
      { ...EXPERT, programme: null },
      { ...EXPERT, consortium: 'c' },
      { ...OFFICE, programme: 'p' },
      { role: 'consortium', programme: 'p', consortium: null },
      { role: 'expert', programme: "p' or true", consortium: null },
    ])
      await expectRefusal(users.memberships.change('kim', 'lee', to as never, anybody), 'invitation-unfit');
    await expectRefusal(users.memberships.change('kim', 'nobody', EXPERT, anybody), 'user-unknown');
    await expectRefusal(users.memberships.change('lee', 'lee', OFFICE, anybody), 'forbidden');
    await expectRefusal(users.memberships.endAll('lee', 'kim'), 'forbidden');
    expect(await changes()).toEqual([]);
  });

  test('whether a user may enter a programme is asked only where he never had a role in it', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'lee');
    const asked: string[] = [];
    const move = (programme: string, role: 'expert' | 'auditor') =>
      users.memberships.change('kim', 'lee', { role, programme, consortium: null }, () => void asked.push(programme));
    await move('p', 'auditor');
    await move('q', 'expert');
    await move('p', 'expert');
    expect(asked).toEqual(['q']);
    const refuse = () => {
      throw new Error('not under this name');
    };
    const to = { role: 'expert', programme: 'r', consortium: null } as const;
    await expect(users.memberships.change('kim', 'lee', to, refuse)).rejects.toThrow('not under this name');
    expect((await users.list()).find(({ user }) => user === 'lee')).toMatchObject({ programme: 'p' });
  });

  test('the last user of the office can be neither demoted nor blocked, also when two demote each other at once', async () => {
    const kim = await bench.office();
    await expectRefusal(users.memberships.change('kim', 'kim', EXPERT, anybody), 'last-office-user');
    await expectRefusal(users.block('kim', true, 'kim'), 'last-office-user');
    await bench.joined(kim, 'lee', OFFICE);
    const other = await bench.open();
    for (let round = 0; round < 8; round++) {
      const acts = [
        () => users.memberships.change('kim', 'lee', AUDITOR, anybody),
        () =>
          round % 2 === 0 ? other.memberships.change('lee', 'kim', AUDITOR, anybody) : other.block('kim', true, 'lee'),
      ];
      const ends = await Promise.allSettled(acts.map((act) => act()));
      expect(statuses(ends)).toEqual(['fulfilled', 'rejected']);
      const lost = ends.find((end) => end.status === 'rejected')!;
      expect(['forbidden', 'last-office-user']).toContain(lost.reason.code);
      await tested.sql(`update jikji.users set role = 'office', programme = null, blocked = false`);
    }
  });

  test('whoever was demoted meanwhile changes nothing more', async () => {
    const kim = await bench.office();
    await bench.joined(kim, 'lee', OFFICE);
    await bench.joined(kim, 'park');
    await users.memberships.change('kim', 'lee', EXPERT, anybody);
    for (const act of [
      () => users.memberships.change('lee', 'park', OFFICE, anybody),
      () => users.block('park', true, 'lee'),
      () => users.memberships.endAll('lee', 'park'),
      () => users.resets.make('park', 'lee'),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'forbidden', input: 'lee' });
    expect(await changes()).toEqual(['lee role kim']);
  });

  test('own log-ins: listed with kind of browser and last use, ended one by one or all others', async () => {
    const kim = await bench.office();
    await users.logIns.noteBrowser(kim.token, { browser: 'firefox', system: 'linux' });
    bench.now += 1;
    const two = await users.logIn('kim', PASSWORD, HOME);
    bench.now += 1;
    const three = await users.logIn('kim', PASSWORD, HOME);
    const lee = await bench.joined(kim, 'lee');
    const api = await users.newToken('kim', { name: 'x', days: 9 });
    await users.viewer(two.token);
    const listed = await users.logIns.list('kim', two.token);
    const time = (ago: number) => bench.isoIn(-ago);
    const other = { browser: 'other', system: 'other' };
    expect(listed.map(({ id: _, ...rest }) => rest)).toEqual([
      { begun: time(0), used: null, current: false, ...other },
      { begun: time(1), used: time(0), current: true, ...other },
      { begun: time(2), used: null, current: false, browser: 'firefox', system: 'linux' },
    ]);
    expect(JSON.stringify(listed)).not.toContain(two.token);
    for (const id of [listed[0]!.id, 'x', api.id]) await expectRefusal(users.logIns.end('lee', id), 'log-in-unknown');
    await expectRefusal(users.logIns.end('kim', api.id), 'log-in-unknown');
    await users.logIns.end('kim', listed[0]!.id);
    expect(await users.viewer(three.token)).toBeUndefined();
    await users.logIns.endOthers('kim', two.token);
    expect(await users.viewer(kim.token)).toBeUndefined();
    for (const token of [two.token, api.token, lee.token]) expect(await users.viewer(token)).toBeDefined();
  });

  test('the office ends all log-ins and tokens of a user', async () => {
    const kim = await bench.office();
    const lee = await bench.joined(kim, 'lee');
    const api = await users.newToken('lee', { name: 'x', days: 9 });
    await users.memberships.endAll('kim', 'lee');
    for (const token of [lee.token, api.token]) expect(await users.viewer(token)).toBeUndefined();
    expect(await users.viewer(kim.token)).toEqual(kim.viewer);
    expect(await changes()).toEqual(['lee log-ins-ended kim']);
  });

  test('no address and no text of a browser is kept', async () => {
    const kim = await bench.office();
    const header = 'Mozilla/5.0 (X11; Linux x86_64; secret-device) Gecko/20100101 Firefox/140.0';
    await users.logIns.noteBrowser(kim.token, kindOfBrowser(header));
    const [row] = await tested.sql('select * from jikji.sessions');
    expect(row).toMatchObject({ user_agent: 'firefox linux', ip_address: '' });
    expect(JSON.stringify(row)).not.toMatch(/secret|Mozilla|192\.0/);
  });

  test('a log-in is fresh for five minutes, and again after the password; an API token never is', async () => {
    const kim = await bench.office();
    const api = await users.newToken('kim', { name: 'x', days: 9 });
    const stale = { code: 'log-in-stale' };
    await users.logIns.requireFresh(kim.token);
    bench.now += 5 * 60_000;
    for (const token of [kim.token, api.token, 'x', undefined])
      await expect(users.logIns.requireFresh(token)).rejects.toMatchObject(stale);
    await expectRefusal(users.confirm('kim', kim.token, 'wrong'), 'log-in-wrong');
    await expect(users.logIns.requireFresh(kim.token)).rejects.toMatchObject(stale);
    await expect(users.confirm('kim', api.token, PASSWORD)).rejects.toMatchObject(stale);
    await users.confirm('kim', kim.token, PASSWORD);
    await users.logIns.requireFresh(kim.token);
    await expect(users.logIns.requireFresh(api.token)).rejects.toMatchObject(stale);
    bench.now += 5 * 60_000;
    await expect(users.logIns.requireFresh(kim.token)).rejects.toMatchObject(stale);
    const guesses = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => users.confirm('kim', kim.token, `guess ${i}`)),
    );
    const checked = guesses.filter((end) => (end as PromiseRejectedResult).reason.code === 'log-in-wrong');
    expect(checked).toHaveLength(4); // with the wrong one above
  });
});

test('kinds of browsers, by what they say of themselves', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
  const kinds: [string | undefined, string][] = [
    [chrome, 'chrome windows'],
    [`${chrome} Edg/142.0.0.0`, 'edge windows'],
    [chrome.replace('Chrome', 'Whale/4.33 Chrome'), 'whale windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0', 'firefox macos'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'safari ios',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'samsung android',
    ],
    ['curl/8.14.1', 'other other'],
    ['\r\nSet-Cookie: a=b', 'other other'],
    ['Version/'.repeat(100_000), 'other other'],
    [undefined, 'other other'],
  ];
  for (const [header, kind] of kinds) {
    const { browser, system } = kindOfBrowser(header);
    expect(`${browser} ${system}`).toBe(kind);
  }
});
