// Hostile and unlucky rule books: refused before any work, or ended by a limit.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assumptionsShape, planRehearsal, rehearseInProcess } from './index.ts';

const DAY = '2026-01-15';
const plan = (text: string, given: object = {}) =>
  planRehearsal({ text, file: 'rules.yaml', assumptions: assumptionsShape.parse({ seed: 1, ...given }) }, DAY);
const practice = readFileSync(new URL('../../../programs/practice/stage-1.yaml', import.meta.url), 'utf8');
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const bookOf = (blocks: object[], more: object = {}) =>
  JSON.stringify({
    name: 'test',
    version: 1,
    title: { en: 'Test' },
    originality: { veto: true, components: ['weights'] },
    points: blocks.length * 100,
    blocks: blocks.map((source, i) => ({ id: `b${i}`, title: { en: 'B' }, points: 100, ...source })),
    kept: 2,
    ...more,
  });
const tasks = (count: number, from = 0) => ({
  tasks: many(count, (i) => ({ task: `t${from + i}`, metric: 'acc', scale: { floor: 0, ceiling: 1 } })),
});
const forms = (experts: number, criteria: number) => ({
  forms: { experts, criteria: many(criteria, (i) => ({ id: `c${i}`, title: { en: 'C' }, points: 100 / criteria })) },
});

test('books that ask for too much are refused before any work', () => {
  const refused = (text: string, given: object = {}) =>
    expect(() => plan(text, given)).toThrow(expect.objectContaining({ code: 'rehearsal-too-much' }));
  refused(bookOf(many(20, (i) => tasks(100, 100 * i)))); // 2,000 tasks
  refused(bookOf([tasks(200)]), { items: 100_000 });
  refused(bookOf(many(5, () => forms(1000, 100)))); // 500,000 marks of each team
  refused(bookOf([forms(1000, 100)]), { teams: 50 });
  refused(bookOf([{ judgements: { users: 100_000, minimumPerPair: 100_000 } }]));
  refused(bookOf([tasks(1)], { kept: 1000 }));
});

test('200 tasks, or 1000 experts, are rehearsed fewer times, and end', async () => {
  for (const text of [bookOf([tasks(200)]), bookOf([forms(1000, 1)])]) {
    const made = plan(text, { repetitions: 20_000 });
    expect(made.repetitions).toBeLessThan(20_000);
    expect(made.repetitions).toBeGreaterThanOrEqual(50);
    expect(made.resampled).toBeGreaterThan(0);
    const small = { ...made, repetitions: 2, resampled: 1 };
    expect((await rehearseInProcess(small, {}))!.repetitions).toBe(2);
  }
});

test('a rule book that is not finished, a record and an old target are refused', () => {
  const code = (text: string, wanted: string) =>
    expect(() => plan(text)).toThrow(expect.objectContaining({ code: wanted }));
  code(practice.replace('kept: 2', 'kept: CHOOSE'), 'rule-book-choose');
  code(practice.replace('months: 600', 'months: 1').replace('2026-01-01', '2020-01-01'), 'target-missing');
  code(readFileSync(new URL('../../../programs/korea-2025/stage-1.yaml', import.meta.url), 'utf8'), 'rule-book-record');
  code('name: [', 'rule-book-yaml');
});

test('it ends at its time limit, by its signal, and few run at a time', async () => {
  const long = { ...plan(practice), repetitions: 20_000_000 };
  await expect(rehearseInProcess(long, { seconds: 1 })).rejects.toMatchObject({ code: 'rehearsal-too-long' });
  const stop = new AbortController();
  const shares: number[] = [];
  const onProgress = (share: number) => {
    shares.push(share);
    stop.abort();
  };
  const both = [
    rehearseInProcess(long, { signal: stop.signal, onProgress }),
    rehearseInProcess(long, { signal: stop.signal }),
  ];
  await expect(rehearseInProcess(long, {})).rejects.toMatchObject({ code: 'too-many' });
  expect(await Promise.all(both)).toEqual([undefined, undefined]);
  expect(shares[0]).toBeGreaterThan(0);
});
