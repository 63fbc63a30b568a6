// Failed log-ins are rate-limited, by a clock that the test sets.

import { expect, test } from 'vitest';
import { LogInLimits, TooMany } from './log-in-limits.ts';

function watch() {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const limits = new LogInLimits(() => new Date(clock.now));
  let heard = 0;
  const attempt = (user: string | undefined, from: string | undefined, isRight = false) =>
    limits.attempt({ ...(user === undefined ? {} : { user }), ...(from === undefined ? {} : { from }) }, async () => {
      heard++;
      return isRight || undefined;
    });
  /** What becomes of it: right, wrong, or the seconds to wait. */
  const end = (user: string | undefined, from: string | undefined, isRight = false) =>
    attempt(user, from, isRight).then(
      (right) => (right ? 'right' : 'wrong'),
      (error: unknown) => (error as TooMany).retryAfter,
    );
  return { clock, limits, attempt, end, heard: () => heard };
}

test('five failed log-ins are free, then the wait doubles up to a minute; refused attempts do not count', async () => {
  const { clock, end, heard } = watch();
  for (let i = 0; i < 5; i++) expect(await end('kim', 'a')).toBe('wrong');
  for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60, 60]) {
    expect(await end('kim', 'a')).toBe(seconds);
    expect(await end('kim', 'a', true)).toBe(seconds); // the right one waits too
    clock.now += seconds * 1000 - 1;
    expect(await end('kim', 'a')).toBe(1);
    clock.now += 1;
    expect(await end('kim', 'a')).toBe('wrong');
  }
  expect(heard()).toBe(5 + 9);
  expect(await end('kim', 'a')).toBe(60);
  clock.now += 15 * 60_000 + 1;
  for (let i = 0; i < 5; i++) expect(await end('kim', 'a')).toBe('wrong');
  expect(await end('kim', 'a')).toBe(1);
});

test('the error says what is limited and for how long', async () => {
  const { attempt, end } = watch();
  for (let i = 0; i < 5; i++) await end('kim', 'a');
  const error = await attempt('kim', 'a').catch((error: unknown) => error);
  expect(error).toBeInstanceOf(TooMany);
  expect(error).toMatchObject({ code: 'too-many', retryAfter: 1, hint: 'wait 1 s, then try again' });
});

test('a hundred attempts in a minute, in turn or at once: most are refused unchecked', async () => {
  const slow = watch();
  for (let i = 0; i < 100; i++) {
    await slow.end('kim', 'a');
    slow.clock.now += 600;
  }
  expect(slow.heard()).toBeLessThanOrEqual(12);
  const atOnce = watch();
  await Promise.all(Array.from({ length: 100 }, () => atOnce.end('kim', 'a')));
  expect(atOnce.heard()).toBe(5);
  const users = watch(); // another user each time
  await Promise.all(Array.from({ length: 100 }, (_, i) => users.end(`user-${i}`, 'a')));
  expect(users.heard()).toBe(20);
});

test('an address without failures is accepted, however long others try the same user; an address with failures waits with them', async () => {
  const { clock, end } = watch();
  for (let i = 0; i < 500; i++) {
    await end('kim', `10.0.${i % 50}.1`);
    clock.now += 1000;
  }
  expect(await end('kim', 'home', true)).toBe('right');
  expect(await end('kim', 'cafe')).toBe('wrong');
  expect(await end('kim', 'cafe', true)).toBeGreaterThan(0);
  expect(await end('lee', 'cafe', true)).toBe('right');
  clock.now += 15 * 60_000 + 1;
  expect(await end('kim', 'cafe', true)).toBe('right');
});

test('very many addresses: one guess each, then a few a minute for all of them together', async () => {
  const { clock, end, heard } = watch();
  const addresses = Array.from({ length: 200 }, (_, i) => `10.0.${i}.1`);
  for (const from of addresses) await end('kim', from);
  expect(heard()).toBe(200);
  for (let second = 0; second < 300; second++) {
    for (const from of addresses.slice(0, 20)) await end('kim', from);
    clock.now += 1000;
  }
  expect(heard() - 200).toBeLessThanOrEqual(5);
});

test('a correct log-in resets only its own count: an attacker cannot reset an address by logging in to another account', async () => {
  const { end } = watch();
  for (let i = 0; i < 100; i++) expect(await end('kim', 'a', true)).toBe('right');
  for (let i = 0; i < 20; i++) {
    expect(await end(`victim-${i}`, 'a')).toBe('wrong');
    await end('mallory', 'a', true);
  }
  expect(await end('victim-20', 'a')).toBe(1);
});

test('an attempt that fails by an internal error does not count', async () => {
  const { limits } = watch();
  for (let i = 0; i < 50; i++) {
    const fails = limits.attempt({ user: 'kim', from: 'a' }, () => Promise.reject(new Error('no database')));
    await expect(fails).rejects.toThrow('no database');
  }
  expect(limits.size).toBe(0);
});

test('the addresses of one IPv6 network count as one', async () => {
  const { end } = watch();
  for (let i = 0; i < 20; i++) await end(`u${i}`, `2001:db8:1:2::${i}`);
  expect(await end('x', '2001:db8:1:2:ffff::')).toBe(1);
});

test('a clock that is set back does not lengthen a wait', async () => {
  const { clock, end } = watch();
  for (let i = 0; i < 5; i++) await end('kim', 'a');
  clock.now -= 3_600_000;
  expect(await end('kim', 'a')).toBe(1);
  clock.now += 1000;
  expect(await end('kim', 'a', true)).toBe('right');
});

test('memory is bounded, and the latest failures are kept', async () => {
  const { limits, end } = watch();
  for (let i = 0; i < 25_000; i++) await end(`u${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  expect(limits.size).toBe(20_000);
  for (let i = 0; i < 4; i++) await end('u24999', '10.0.97.167');
  expect(await end('u24999', '10.0.97.167')).toBe(1);
});
