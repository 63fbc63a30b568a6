// The table of a sweep against numbers that were worked out by hand.

import { expect, test } from 'vitest';
import { medianOf, type SweepRun, tableOf } from './table.ts';

const made = (rate: number, seed: number, valBitsPerByte: number | null, rest: Partial<SweepRun> = {}): SweepRun => ({
  run: `${rate}-${seed}`,
  settings: { 'train.learningRate': rate },
  seed,
  state: 'finished',
  valBitsPerByte,
  seconds: 10 * seed,
  tokensPerSecond: 1000 + seed,
  failure: null,
  ...rest,
});
const failed: Partial<SweepRun> = { state: 'failed', seconds: null, tokensPerSecond: null };

test('medians of odd, even and no numbers', () => {
  expect(medianOf([3, 1, 10])).toBe(3);
  expect(medianOf([4, 1, 2, 10])).toBe(3);
  expect(medianOf([2])).toBe(2);
  expect(medianOf([])).toBeNull();
});

test('runs that differ in their seed are one row; the best median is first', () => {
  const { rows, best } = tableOf([
    ...[made(1, 3, 2.5), made(1, 1, 2.25), made(1, 2, 2.75)],
    ...[made(2, 1, 1.5), made(2, 2, 1.25)],
  ]);
  expect(rows).toEqual([
    {
      ...{ settings: { 'train.learningRate': 2 }, runs: ['2-1', '2-2'], n: 2, failed: 0, open: 0 },
      ...{ median: 1.375, least: 1.25, most: 1.5, seconds: 15, tokensPerSecond: 1001.5, fromBest: null },
    },
    {
      ...{ settings: { 'train.learningRate': 1 }, runs: ['1-1', '1-2', '1-3'], n: 3, failed: 0, open: 0 },
      ...{ median: 2.5, least: 2.25, most: 2.75, seconds: 20, tokensPerSecond: 1002 },
      fromBest: { bitsPerByte: 1.125, withinSpread: false }, // the larger range is 0.5
    },
  ]);
  expect(best).toBe(rows[0]);
});

/** What is said of the second of two rows. */
const second = (a: number[], b: number[]) => {
  const runs = [...a.map((x, i) => made(1, i, x)), ...b.map((x, i) => made(2, i, x))];
  return tableOf(runs).rows[1].fromBest;
};

test.each([
  ['the difference is less than a range', [1, 1.5], [1.25, 1.75], 0.25, true],
  ['ranges that overlap, although the medians differ by more', [1, 1, 1.5], [1.25, 2, 2], 1, true],
  ['ranges apart, but by less than the wider one', [1, 1.5, 1.5], [1.625, 1.625, 1.75], 0.125, true],
  ['exactly the range', [1, 1.25], [1.375, 1.375], 0.25, true],
  ['more than both ranges', [1, 1.125], [1.5, 1.625], 0.5, false],
  ['equal rows', [1, 1], [1, 1], 0, true],
])('%s', (_, a, b, bitsPerByte, withinSpread) => {
  expect(second(a, b)).toEqual({ bitsPerByte, withinSpread });
});

test('with one seed in either row the spread is not known', () => {
  expect(second([1], [2])).toEqual({ bitsPerByte: 1, withinSpread: null });
  expect(second([1, 1.1], [2])?.withinSpread).toBeNull();
  expect(second([1], [2, 2.1])?.withinSpread).toBeNull();
});

test('a row of which a run failed stands behind rows that held, and one without a figure at the end', () => {
  const runs = [
    ...[made(1, 1, null, failed), made(1, 2, null, failed)],
    ...[made(2, 1, 1), made(2, 2, null, failed)],
    ...[made(3, 1, 2), made(3, 2, 2.5)],
  ];
  const { rows, best } = tableOf(runs);
  expect(rows.map(({ settings }) => settings['train.learningRate'])).toEqual([3, 2, 1]);
  expect(rows.map(({ n, failed }) => [n, failed])).toEqual([
    [2, 0],
    [1, 1],
    [0, 2],
  ]);
  expect(best).toBe(rows[0]);
  expect(rows[1].fromBest).toEqual({ bitsPerByte: -1.25, withinSpread: null });
  expect(rows[2]).toMatchObject({ median: null, seconds: null, fromBest: null });
});

test('no best while a run is not at its end, nor where all failed', () => {
  expect(tableOf([made(1, 1, 1), made(2, 1, null, { state: 'running' })])).toMatchObject({
    best: null,
    rows: [{ open: 0, fromBest: null }, { open: 1 }],
  });
  expect(tableOf([made(1, 1, null, failed)]).best).toBeNull();
});
