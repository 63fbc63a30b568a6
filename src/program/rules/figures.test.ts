// The moving target by calendar, values to points, rounding: against values worked out by hand and exact arithmetic.

import { expect, test } from 'vitest';
import { averageOf, linearShare, parseRuleBook, type RuleBook, roundHalfUp, targetOf, taskShare } from './index.ts';
import { monthsBefore } from './parts.ts';

test.each([
  ['2026-01-15', 6, '2025-07-15'],
  ['2026-08-31', 6, '2026-02-28'],
  ['2024-08-30', 6, '2024-02-29'],
  ['2026-03-31', 1, '2026-02-28'],
  ['2026-01-01', 12, '2025-01-01'],
  ['2026-01-01', 13, '2024-12-01'],
  ['2026-12-31', 600, '1976-12-31'],
])('%s less %d months is %s', (date, months, before) => expect(monthsBefore(date, months)).toBe(before));

const references = [
  ['old', '2025-07-14', 0.9, 1.0],
  ['first', '2025-07-15', 0.6, 3.0],
  ['best', '2025-12-01', 0.8, 2.5],
  ['same', '2025-12-02', 0.8, 2.5],
  ['last', '2026-01-15', 0.7, 4.0],
  ['coming', '2026-01-16', 0.95, 0.5],
] as const;
const book: RuleBook = parseRuleBook(
  `name: t
version: 1
title: { en: T }
originality: { veto: false, components: [tokenizer] }
points: 2
blocks:
  - id: a
    title: { en: A }
    points: 2
    tasks:
      - { task: up, metric: acc, scale: best-reference }
      - { task: down, metric: bits_per_byte, scale: best-reference }
      - { task: alone, metric: acc, scale: { floor: 0, ceiling: 1 } }
kept: 1
target:
  share: 0.95
  months: 6
  references:
${references.map(([model, released, up, down]) => `    - { model: ${model}, released: ${released}, scores: { up: ${up}, down: ${down} }, source: { publisher: x } }`).join('\n')}
`,
  { file: 't.yaml' },
);

test('the target depends on the day: the window includes both its ends, and nothing later', () => {
  const at = (task: string, date: string) => {
    const target = targetOf(book, task, date);
    return target && [target.reference.model, target.best, target.value];
  };
  expect(at('up', '2026-01-15')).toEqual(['best', 0.8, 0.76]);
  expect(at('down', '2026-01-15')).toEqual(['best', 2.5, 2.5 / 0.95]);
  expect(at('up', '2026-01-14')).toEqual(['old', 0.9, 0.9 * 0.95]);
  expect(at('up', '2026-01-16')).toEqual(['coming', 0.95, 0.95 * 0.95]);
  expect(at('up', '2026-06-02')).toEqual(['coming', 0.95, 0.95 * 0.95]);
  expect(at('up', '2025-07-15')).toEqual(['old', 0.9, 0.9 * 0.95]);
  expect(at('up', '2025-07-13')).toBeUndefined();
  expect(at('up', '2026-07-17')).toBeUndefined();
  expect(at('alone', '2026-01-15')).toBeUndefined();
  expect(at('other', '2026-01-15')).toBeUndefined();
  expect(targetOf({ ...book, target: null }, 'up', '2026-01-15')).toBeUndefined();
});

test('values are mapped to shares', () => {
  expect([-1, 0.25, 0.5, 0.625, 1, 2].map((value) => linearShare(value, 0.25, 1))).toEqual([0, 0, 1 / 3, 0.5, 1, 1]);
  expect([9, 8, 4.5, 1, 0].map((value) => linearShare(value, 8, 1))).toEqual([0, 0, 0.5, 1, 1]);
  const [up, down] = book.blocks[0].source.kind === 'tasks' ? book.blocks[0].source.tasks : [];
  expect([0, 0.4, 0.8, 0.9].map((value) => taskShare(up, value, 0.8))).toEqual([0, 0.5, 1, 1]);
  expect([0, 2, 2.5, 5].map((value) => taskShare(down, value, 2.5))).toEqual([1, 1, 1, 0.5]);
});

test('means, trimmed and not', () => {
  const forms = { kind: 'forms', experts: 5, average: 'trimmed-mean', criteria: [] } as const;
  expect(averageOf({ ...forms, criteria: [], trim: 0 }, [10, 1, 2, 3, 4])).toBe(4);
  expect(averageOf({ ...forms, criteria: [], trim: 1 }, [10, 1, 2, 3, 4])).toBe(3);
  expect(averageOf({ ...forms, criteria: [], trim: 2 }, [10, 1, 2, 3, 4])).toBe(3);
});

test('rounds half up, by the decimal digits as displayed', () => {
  expect([1.005, 2.675, 0.25, 0.35, 90.15, 0.049].map((x) => roundHalfUp(x, 2))).toEqual([
    1.01, 2.68, 0.25, 0.35, 90.15, 0.05,
  ]);
  expect([0.25, 0.35, 0.05, 33.55, 31.649999].map((x) => roundHalfUp(x, 1))).toEqual([0.3, 0.4, 0.1, 33.6, 31.6]);
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994].map((x) => roundHalfUp(x, 0))).toEqual([1, 2, 3, 0, -1, 0]);
  expect([1e-7, 1e21, 123456789012345.6].map((x) => roundHalfUp(x, 1))).toEqual([0, 1e21, 123456789012345.6]);
  expect(Object.is(roundHalfUp(-0.01, 1), 0)).toBe(true);
});

test('rounding half up equals exact arithmetic on the digits', () => {
  for (let thousandths = 0; thousandths < 100_000; thousandths += 7) {
    const up = (BigInt(thousandths) + 50n) / 100n;
    expect(roundHalfUp(thousandths / 1000, 1)).toBe(Number(up) / 10);
  }
});
