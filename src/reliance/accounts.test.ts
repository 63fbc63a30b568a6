// Accounts against values worked out by hand.

import { expect, test } from 'vitest';
import { type Account, accountsOf, countedUsages, type Usage } from './accounts.ts';

/** `period`: first and last day, with a slash between them. */
const allotment = (id: string, of: string, period: string, deviceHours: number) => {
  const [from, to] = period.split('/') as [string, string];
  const [consortium, cluster] = of.split(' ') as [string, string];
  return { id, consortium, cluster, from, to, deviceHours };
};
const usage = (id: string, of: string, period: string, stated: number | Partial<Usage>): Usage => {
  const [from, to] = period.split('/') as [string, string];
  const [consortium, cluster = null] = of.split(' ') as [string, string?];
  const more = typeof stated === 'number' ? { deviceHours: stated } : stated;
  return { id, consortium, cluster, from, to, deviceHours: 0, word: 'maker', submission: null, ...more };
};
const sheet = (accounts: readonly Account[]) =>
  accounts.map((a) =>
    [
      `${a.consortium} ${a.cluster ?? '-'} ${a.from}/${a.to}`,
      ...[a.allotted, a.said, a.metered, a.counted, a.left].map((x) => (x === null ? '-' : x)),
      `${a.allotments.join('+') || '-'}: ${a.usages.join('+')}`,
    ].join(' | '),
  );

test('accounts worked out by hand', () => {
  const allotments = [
    allotment('a-q2', 'a titan', '2026-04-01/2026-06-30', 1000),
    allotment('a-q1', 'a titan', '2026-01-01/2026-03-31', 900),
    // In February they were given more: one account with the first quarter, 900 + 100.
    allotment('a-more', 'a titan', '2026-02-01/2026-02-28', 100),
    allotment('b-q1', 'b titan', '2026-01-01/2026-03-31', 500),
    allotment('a-other', 'a small', '2026-01-01/2026-01-31', 50),
  ];
  const usages = [
    // 27 March to 5 April: five days of ten in each quarter, 60 hours in each.
    usage('straddles', 'a titan', '2026-03-27/2026-04-05', 120),
    // The office metered 330 hours of it in two parts: 400 is what its maker said.
    usage('run-1', 'a titan', '2026-01-10/2026-01-19', { deviceHours: 400, submission: 'run-1' }),
    usage('meter-1', 'a titan', '2026-01-10/2026-01-14', { deviceHours: 130, word: 'office', submission: 'run-1' }),
    usage('meter-2', 'a titan', '2026-01-15/2026-01-19', { deviceHours: 200, word: 'office', submission: 'run-1' }),
    // Metered, and of no submission.
    usage('meter-3', 'b titan', '2026-01-01/2026-01-01', { deviceHours: 24, word: 'office' }),
    usage('run-2', 'b titan', '2026-02-01/2026-02-02', { deviceHours: 600, submission: 'run-2' }),
    // Begins a day before the year does: that day of four is outside, with 10 of 40 hours.
    usage('early', 'b titan', '2025-12-31/2026-01-03', 40),
    // A cluster on which b has no allotment, and usage without a cluster.
    usage('borrowed', 'b small', '2026-01-05/2026-01-05', 8),
    usage('laptop', 'b', '2026-05-01/2026-05-01', 3),
    usage('laptop-2', 'b', '2026-04-01/2026-04-02', 2),
  ];
  expect(sheet(accountsOf(allotments, usages))).toEqual([
    'a small 2026-01-01/2026-01-31 | 50 | 0 | 0 | 0 | 50 | a-other: ',
    // Said 60 + 400, metered 130 + 200, counted 60 + 330.
    'a titan 2026-01-01/2026-03-31 | 1000 | 460 | 330 | 390 | 610 | a-q1+a-more: straddles+run-1+meter-1+meter-2',
    'a titan 2026-04-01/2026-06-30 | 1000 | 60 | 0 | 60 | 940 | a-q2: straddles',
    'b small 2026-01-05/2026-01-05 | - | 8 | 0 | 8 | - | -: borrowed',
    'b titan 2025-12-31/2025-12-31 | - | 10 | 0 | 10 | - | -: early',
    // 24 + 600 + 30 of 500: over by 154.
    'b titan 2026-01-01/2026-03-31 | 500 | 630 | 24 | 654 | -154 | b-q1: meter-3+run-2+early',
    'b - 2026-04-01/2026-05-01 | - | 5 | 0 | 5 | - | -: laptop+laptop-2',
  ]);
});

test('usage outside all allotments has its own days, before and after them', () => {
  const allotments = [
    allotment('q1', 'a titan', '2026-01-01/2026-03-31', 900),
    allotment('q2', 'a titan', '2026-04-01/2026-06-30', 900),
  ];
  const outside = (from: string, to: string) =>
    accountsOf(allotments, [usage('u', 'a titan', `${from}/${to}`, 10)]).flatMap((a) =>
      a.allotted === null ? [`${a.from}/${a.to}`] : [],
    );
  expect(outside('2026-03-01', '2026-07-02')).toEqual(['2026-07-01/2026-07-02']);
  expect(outside('2025-12-30', '2026-04-02')).toEqual(['2025-12-30/2025-12-31']);
  expect(outside('2025-12-30', '2026-07-02')).toEqual(['2025-12-30/2026-07-02']);
  expect(outside('2026-03-31', '2026-04-01')).toEqual([]);
  // Even sums leave nothing, and no sign of it.
  const parts = [0.1, 0.2].map((hours, i) => usage(`p${i}`, 'a titan', '2026-01-01/2026-01-01', hours));
  expect(accountsOf([allotment('s', 'a titan', '2026-01-01/2026-01-31', 0.3)], parts)[0]!.left).toBe(0);
});

test('random periods: no usage is lost or counted twice', () => {
  let seed = 3;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % n;
  };
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
  for (let round = 0; round < 200; round++) {
    const period = () => {
      const from = random(60);
      return `${day(from)}/${day(from + random(40))}`;
    };
    const who = () => `${'abc'[random(3)]} ${'xy'[random(2)]}`;
    const allotments = Array.from({ length: random(8) }, (_, i) => allotment(`l${i}`, who(), period(), random(1000)));
    const usages = Array.from({ length: random(12) }, (_, i) =>
      usage(`u${i}`, who(), period(), {
        deviceHours: random(1000),
        word: random(2) ? 'office' : 'maker',
        submission: random(2) ? `s${random(4)}` : null,
      }),
    );
    const accounts = accountsOf(allotments, usages);
    const sum = (list: readonly number[]) => list.reduce((total, x) => total + x, 0);
    expect(sum(accounts.map(({ allotted }) => allotted ?? 0))).toBe(sum(allotments.map((a) => a.deviceHours)));
    const counted = countedUsages(usages);
    const hours = (of: (u: Usage) => boolean) => sum(usages.filter(of).map((u) => u.deviceHours));
    expect(sum(accounts.map((a) => a.counted))).toBeCloseTo(
      hours(({ id }) => counted.has(id)),
      6,
    );
    expect(sum(accounts.map((a) => a.said))).toBeCloseTo(
      hours(({ word }) => word === 'maker'),
      6,
    );
    expect(sum(accounts.map((a) => a.metered))).toBeCloseTo(
      hours(({ word }) => word === 'office'),
      6,
    );
    for (const { allotted, left, counted } of accounts) if (allotted !== null) expect(left).toBe(allotted - counted);
    // The order in which things were said changes no account.
    const again = accountsOf([...allotments].reverse(), usages);
    expect(again.map((a) => [a.from, a.to, a.allotted, a.counted])).toEqual(
      accounts.map((a) => [a.from, a.to, a.allotted, a.counted]),
    );
  }
});
