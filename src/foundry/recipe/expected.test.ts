// The law of expected bits per byte: its constants are those of its data, and there is no figure where nothing was measured.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { constantsOf, isLong, readRuns, unseenErrors } from '../../../bench/fit-law.ts';
import { factorOf, LAW, ratioOf } from './expected.ts';
import { type ExpectedInput, expectedBitsPerByte, sayExpected } from './index.ts';

const runs = readRuns(join(import.meta.dirname, '../../../bench/law.jsonl')).filter(({ seed }) => seed === 1);

test('the constants are those that the data gives', () => {
  expect(constantsOf(runs)).toEqual(LAW);
});

test('the law is as far from each training as its fit without the package says, and not further', () => {
  const short = runs.filter((run) => !isLong(run));
  expect(new Set(short.map(({ from }) => from)).size).toBe(8);
  expect(runs.length - short.length).toBe(2);
  const error = (run: (typeof runs)[number]) => Math.log((run.difficulty * ratioOf(run)) / run.bitsPerByte);
  for (const [i, run] of short.entries()) expect(Math.abs(error(run) - unseenErrors(short)[i])).toBeLessThan(0.15);
  for (const run of runs) expect(Math.abs(error(run))).toBeLessThan(Math.log(factorOf(run.flops)));
});

/** A training among those that were measured. */
const usual: ExpectedInput = {
  difficulty: () => 1.8,
  corpusTokens: 600_000,
  tokens: 1_300_000,
  flops: 3e12,
  hiddenSize: 64,
  train: { optimizer: 'muon', learningRate: 0.012 },
};

const middle = (change: Partial<ExpectedInput>) => {
  const expected = expectedBitsPerByte({ ...usual, ...change });
  if ('unknown' in expected) throw new Error(expected.unknown);
  return Math.sqrt(expected.least * expected.most);
};

test('harder texts and shorter trainings have more bits per byte', () => {
  expect(middle({ difficulty: () => 2 }) / middle({})).toBeCloseTo(2 / 1.8, 2);
  expect(middle({ tokens: 600_000 })).toBeGreaterThan(middle({}));
  expect(middle({ tokens: 2_400_000 })).toBeLessThan(middle({}));
  expect(middle({ tokens: 60e6 }) / middle({ tokens: 30e6 })).toBeGreaterThan(0.94); // a hundred passes teach little more than fifty
});

test('the interval is wider the further the training is from those that were measured', () => {
  const width = (flops: number) => {
    const expected = expectedBitsPerByte({ ...usual, flops });
    return 'unknown' in expected ? Number.NaN : expected.most / expected.least;
  };
  expect(width(LAW.flops[1])).toBeCloseTo(LAW.within ** 2, 2);
  expect(width(30e12)).toBeGreaterThan(LAW.within ** 2);
  expect(width(30e12)).toBeLessThan(LAW.withinLong ** 2);
  const most = LAW.flopsLong[1];
  for (const long of LAW.flopsLong) expect(width(long)).toBeCloseTo(LAW.withinLong ** 2, 2);
  expect(width(3 * most)).toBeGreaterThan(width(most));
  expect(width(30 * most)).toBeCloseTo(LAW.withinLong ** 4, 2);
  expect(width(31 * most)).toBe(Number.NaN);
});

test.each<[string, Partial<ExpectedInput>, RegExp]>([
  ['a tiny text', { difficulty: () => undefined }, /too short/],
  ['a text that repeats itself', { difficulty: () => 0.2 }, /repeats itself/],
  ['random bytes as base64', { difficulty: () => 6.1 }, /harder to predict/],
  ['a gigabyte', { corpusTokens: 250e6 }, /more text/],
  ['a training of days', { flops: 4e16 }, /longer by far/],
  ['a training of a second', { flops: 1e9 }, /shorter by far/],
  ['AdamW', { train: { learningRate: 0.012 } }, /Muon/],
  ['a learning rate of another kind', { train: { optimizer: 'muon', learningRate: 0.001 } }, /learning rate/],
])('%s has no figure', (_, change, reason) => {
  const expected = expectedBitsPerByte({ ...usual, ...change });
  expect(expected).toEqual({ unknown: expect.stringMatching(reason) });
  expect(sayExpected(expected)).toMatch(/^What it will reach is not known: .* \(docs\/learning\.md\)\.$/);
});

test('a figure is said as an interval', () => {
  expect(sayExpected({ least: 1.234, most: 2 })).toBe(
    'Expect 1.23 to 2.00 bits per byte on text like this (docs/learning.md).',
  );
});
