// Standings against closed forms: standard errors, intervals and chances of stages whose answers are known, and the same bits for the same
// seed.

import { describe, expect, test } from 'vitest';
import { normal64 } from '../../engine/index.ts';
import { chancesOf, keptChance } from './chances.ts';
import type { Part, Stage } from './part.ts';
import { quantile } from './quantile.ts';
import { Random } from './random.ts';
import { pointsOf } from './resample.ts';
import { type Standings, standings } from './standings.ts';

const random = new Random(2, 'tests');
random.at(0, 0);
const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b) / x.length;
const deviation = (x: readonly number[]): number =>
  Math.sqrt(x.reduce((sum, y) => sum + (y - mean(x)) ** 2, 0) / (x.length - 1));

const results = [0.8, 0.7, 0.6].map((p) => list(400, () => (random.uniform() < p ? 1 : 0)));
const ratings = list(10, () => {
  const severity = random.normal();
  return [28, 27.5, 26].map((x) => x + severity + random.normal());
});
const items: Part = { kind: 'items', weight: 40, results };
const raters: Part = { kind: 'raters', weight: 35, points: ratings };
const fixed: Part = { kind: 'fixed', weight: 25, points: [20.5, 21, 19] };
const stage: Stage = { teams: 3, parts: [items, raters, fixed] };
const done = standings(stage, { seed: 1 });

describe('points and standard errors', () => {
  test('are means and s / sqrt(n)', () => {
    for (const t of [0, 1, 2]) {
      const [byItems, byRaters, byRule] = done.parts.map((part) => part[t]);
      const column = ratings.map((row) => row[t]);
      expect(byItems.points).toBeCloseTo(40 * mean(results[t]), 10);
      expect(byRaters.points).toBeCloseTo(mean(column), 10);
      // 10,000 draws: a standard error is known to within 1 / sqrt(20,000) of itself, 0.7%; four of these.
      expect(byItems.standardError! / ((40 * deviation(results[t])) / Math.sqrt(400))).toBeCloseTo(1, 1.5);
      expect(Math.abs(byRaters.standardError! / (deviation(column) / Math.sqrt(10)) - 1)).toBeLessThan(0.03);
      expect(Math.abs(byItems.mean - byItems.points)).toBeLessThan((4 * byItems.standardError!) / 100);
      expect(byRule).toEqual({
        points: fixed.points[t],
        mean: fixed.points[t],
        standardError: null,
        low: fixed.points[t],
        high: fixed.points[t],
      });
      const total = done.totals[t];
      expect(total.points).toBeCloseTo(byItems.points + byRaters.points + byRule.points, 10);
      expect(total.mean).toBeCloseTo(byItems.mean + byRaters.mean + byRule.mean, 10);
      expect(total.standardError).toBeCloseTo(Math.hypot(byItems.standardError!, byRaters.standardError!), 10);
    }
    expect(pointsOf(raters, 3)).toEqual(done.parts[1].map(({ points }) => points));
  });

  test('intervals: normal for many items, Student t for ten raters', () => {
    for (const t of [0, 1, 2]) {
      const [byItems, byRaters] = done.parts.map((part) => part[t]);
      expect((byItems.high - byItems.low) / 2 / byItems.standardError! / normal64(0.975)).toBeCloseTo(1, 1.3);
      expect((byRaters.high - byRaters.low) / 2 / byRaters.standardError! / 2.262).toBeCloseTo(1, 1);
    }
  });

  test('an interval does not exceed the weight', () => {
    const near = list(5, (i) => [35 - i / 10, 34]);
    const [[first]] = standings({ teams: 2, parts: [{ ...raters, points: near }] }, { seed: 1, draws: 1000 }).parts;
    expect(first.high).toBeLessThanOrEqual(35);
    expect(first.low).toBeLessThan(first.points);
  });

  test('another level', () => {
    const half = standings(stage, { seed: 1, level: 0.5 });
    for (const t of [0, 1, 2]) {
      const width = half.totals[t].high - half.totals[t].low;
      expect(width / (2 * normal64(0.75) * half.totals[t].standardError!)).toBeCloseTo(1, 1);
    }
  });
});

describe('chances', () => {
  test('of places sum to one over teams and over places, and agree with the chances of pairs', () => {
    for (const k of [0, 1, 2]) {
      expect(done.place[k].reduce((a, b) => a + b)).toBeCloseTo(1, 10);
      expect(done.place.reduce((sum, row) => sum + row[k], 0)).toBeCloseTo(1, 10);
      // The expected place is the expected number of teams above.
      const place = done.place[k].reduce((sum, p, i) => sum + p * i, 0);
      const above = [0, 1, 2].filter((j) => j !== k).reduce((sum, j) => sum + done.above[j][k], 0);
      expect(place).toBeCloseTo(above, 10);
      expect(done.above[k][k]).toBe(0.5);
    }
    expect(keptChance(done, 3)).toEqual([1, 1, 1].map((x) => expect.closeTo(x, 10)));
    expect(keptChance(done, 1)).toEqual(done.place.map((row) => row[0]));
  });

  test('two teams, ten raters: the one-sided p-value of the paired t-test', () => {
    // Differences of the two by rater; t = mean sqrt(10) / s.
    const differences = [1, 1, 1, 1, 1, 2.5, 2.5, -0.5, -0.5, 1];
    const t = (mean(differences) * Math.sqrt(10)) / deviation(differences);
    expect(t).toBeCloseTo(3.1623, 3);
    const points = differences.map((d, i) => [20 + d + (i % 3), 20 + (i % 3)]);
    const { above } = standings({ teams: 2, parts: [{ ...raters, points }] }, { seed: 3 });
    // P(t_9 > 3.1623) = 0.00575 (tables: 2.821 is 1%, 3.250 is 0.5%). Resampling ten differences is near that, not equal to it.
    expect(above[1][0]).toBeGreaterThan(0.003);
    expect(above[1][0]).toBeLessThan(0.009);
  });

  test('teams far apart: sure', () => {
    const far: Part = { ...raters, points: list(10, (i) => [30 + (i % 2), 20 - (i % 3), 10 + (i % 2)]) };
    const { place, above } = standings({ teams: 3, parts: [far] }, { seed: 1, draws: 2000 });
    expect(place).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(above[0][2]).toBe(1);
  });

  test('teams alike: even', () => {
    const same = { ...items, results: [results[0], results[0], results[0], results[0]] };
    const { place } = standings({ teams: 4, parts: [same] }, { seed: 1, draws: 100 });
    for (const row of place) for (const p of row) expect(p).toBeCloseTo(0.25, 10);
  });

  test('nothing to resample: teams are in the order of their points, equal teams share their places', () => {
    const none = standings({ teams: 3, parts: [{ ...fixed, points: [7, 9, 7] }] }, { seed: 1, draws: 10 });
    expect(none.place).toEqual([
      [0, 0.5, 0.5],
      [1, 0, 0],
      [0, 0.5, 0.5],
    ]);
    expect(none.totals[0].standardError).toBe(null);
  });

  test('one rater does not make a part certain', () => {
    const one = standings({ teams: 2, parts: [{ ...raters, points: [[20, 21]] }] }, { seed: 1, draws: 10 });
    expect(one.parts[0][0]).toMatchObject({ points: 20, standardError: null, low: 20, high: 20 });
    const trimmed: Part = { ...raters, trim: 1, points: list(3, (i) => [20 + i, 21]) };
    expect(standings({ teams: 2, parts: [trimmed] }, { seed: 1, draws: 10 }).parts[0][0].standardError).toBe(null);
  });

  test('chances counted by hand', () => {
    // Three teams, four draws.
    const values = Float64Array.from([5, 5, 1, 2, 4, 5, 3, 2, 3, 1, 2, 2]);
    const third = 1 / 3;
    expect(chancesOf(values, 3, 4)).toEqual({
      place: [
        [(1 + 0.5 + 0 + third) / 4, (0.5 + third) / 4, (1 + third) / 4],
        [(0.5 + 1 + third) / 4, (1 + 0.5 + third) / 4, third / 4],
        [third / 4, (1 + third) / 4, (1 + 1 + third) / 4],
      ].map((row) => row.map((p) => expect.closeTo(p, 12))),
      above: [
        [0.5, (1 + 0.5 + 0.5) / 4, (1 + 1 + 0.5) / 4],
        [(1 + 0.5 + 0.5) / 4, 0.5, (1 + 1 + 1 + 0.5) / 4],
        [(1 + 0.5) / 4, 0.5 / 4, 0.5],
      ],
    });
  });
});

describe('given values', () => {
  // Two items: alone they say next to nothing, and an interval of a total that is drawn from them is as wide as it can be.
  const two: Part = {
    kind: 'items',
    weight: 40,
    results: [
      [1, 0],
      [0, 1],
      [1, 0],
    ],
  };
  const other: Part = { ...raters, points: ratings.slice(0, 2) };

  test('given points of a team are the same in every draw; points of other teams are drawn', () => {
    const given = [undefined, 13.5, undefined];
    const { totals, parts } = standings({ teams: 3, parts: [{ ...two, given }] }, { seed: 1, draws: 1000 });
    const exact = { points: 13.5, mean: 13.5, standardError: null, low: 13.5, high: 13.5 };
    expect([totals[1], parts[0][1]]).toEqual([exact, exact]);
    expect(totals[0].high - totals[0].low).toBeGreaterThan(20);
    expect(pointsOf({ ...two, given }, 3)).toEqual([20, 13.5, 20]);
  });

  test('an interval of a total stays between its exact points, and these with all points that are drawn', () => {
    const { totals } = standings(
      { teams: 3, parts: [{ ...two, given: [undefined, 13.5, undefined] }, other, fixed] },
      { seed: 1, draws: 1000 },
    );
    // For the second team 13.5 and 21 are exact, and raters can give 35.
    expect(totals[1].low).toBeGreaterThanOrEqual(13.5 + 21);
    expect(totals[1].high).toBeLessThanOrEqual(13.5 + 21 + 35);
    // For the first team 20.5 are exact; items and raters can give 75.
    expect(totals[0].low).toBeGreaterThanOrEqual(20.5);
    expect(totals[0].high).toBeLessThanOrEqual(20.5 + 75);
  });

  test('an excluded team is in no chance: the chances of the others are as without it', () => {
    const best = (t: number): Part => ({
      ...items,
      results: results.map((row, i) => (i === t ? row.map(() => 1) : row)),
    });
    const among = standings({ teams: 3, parts: [best(0)], running: [1, 2] }, { seed: 1 });
    const alone = standings({ teams: 2, parts: [{ ...items, results: results.slice(1) }] }, { seed: 1 });
    expect(among.place).toEqual(alone.place);
    expect(keptChance(among, 1).reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    expect(among.totals).toHaveLength(3);
  });
});

describe('the same bits', () => {
  const pairs: Part = {
    kind: 'pairs',
    weight: 25,
    judgements: list(200, (i) => ({ user: i % 20, a: i % 3, b: (i + 1) % 3, score: random.uniform() < 0.6 ? 1 : 0 })),
  };
  const parts = [items, pairs, raters];

  test('for the same seed; other bits for another seed', () => {
    const once = standings({ teams: 3, parts }, { seed: 5, draws: 500 });
    expect(standings({ teams: 3, parts }, { seed: 5, draws: 500 })).toEqual(once);
    expect(standings({ teams: 3, parts }, { seed: 6, draws: 500 }).place).not.toEqual(once.place);
  });

  test('a later part does not change an earlier one, nor does a number of draws that is not a multiple of the block', () => {
    const errors = ({ parts }: Standings, p: number) => parts[p].map(({ standardError, low }) => [standardError, low]);
    const all = standings({ teams: 3, parts }, { seed: 5, draws: 501 });
    const fewer = standings({ teams: 3, parts: parts.slice(0, 2) }, { seed: 5, draws: 501 });
    for (const p of [0, 1]) expect(errors(fewer, p)).toEqual(errors(all, p));
  });
});

test('quantiles equal those of sorting', () => {
  for (const n of [1, 2, 3, 10, 101, 1000]) {
    for (const kind of ['random', 'few', 'sorted', 'falling']) {
      const values = Float64Array.from({ length: n }, (_, i) =>
        kind === 'random'
          ? random.uniform()
          : kind === 'few'
            ? Math.floor(random.uniform() * 3)
            : kind === 'sorted'
              ? i
              : -i,
      );
      const sorted = [...values].sort((a, b) => a - b);
      for (const p of [0, 0.025, 0.31, 0.5, 0.975, 1]) {
        const at = p * (n - 1);
        const k = Math.floor(at);
        const want = sorted[k] + (at - k) * ((sorted[k + 1] ?? 0) - sorted[k]);
        expect(quantile(values, p)).toBeCloseTo(want, 12);
      }
    }
  }
});

test.each<[string, Stage]>([
  ['no teams', { teams: 0, parts: [] }],
  ['given points for two teams', { teams: 3, parts: [{ ...fixed, given: [1, 2] }] }],
  ['given points that are no number', { teams: 3, parts: [{ ...fixed, given: [1, Number.NaN, undefined] }] }],
  ['a team that runs twice', { teams: 3, parts: [fixed], running: [0, 0] }],
  ['a team that runs and is not there', { teams: 3, parts: [fixed], running: [1, 3] }],
  ['a team too few', { teams: 4, parts: [fixed] }],
  ['a weight below zero', { teams: 3, parts: [{ ...fixed, weight: -1 }] }],
  ['points that are no number', { teams: 3, parts: [{ ...fixed, points: [1, 2, Number.NaN] }] }],
  ['results for two teams', { teams: 3, parts: [{ ...items, results: results.slice(1) }] }],
  ['an item short', { teams: 3, parts: [{ ...items, results: [results[0], results[1], [1]] }] }],
  ['no items', { teams: 3, parts: [{ ...items, results: [[], [], []] }] }],
  ['a rater without a rating', { teams: 3, parts: [{ ...raters, points: [...ratings, [1, 2]] }] }],
  ['no raters', { teams: 3, parts: [{ ...raters, points: [] }] }],
  ['all raters trimmed', { teams: 3, parts: [{ ...raters, trim: 5 }] }],
  ['a trim below zero', { teams: 3, parts: [{ ...raters, trim: -1 }] }],
  ['no judgements', { teams: 3, parts: [{ kind: 'pairs', weight: 25, judgements: [] }] }],
  [
    'no prior',
    { teams: 3, parts: [{ kind: 'pairs', weight: 25, judgements: [{ user: 0, a: 0, b: 1, score: 1 }], prior: 0 }] },
  ],
  [
    'a team that is not there',
    { teams: 3, parts: [{ kind: 'pairs', weight: 25, judgements: [{ user: 0, a: 0, b: 3, score: 1 }] }] },
  ],
])('refused: %s', (_name, bad) => {
  expect(() => standings(bad, { seed: 1, draws: 4 })).toThrow(RangeError);
});

test('draws and levels out of range are refused', () => {
  expect(() => standings(stage, { seed: 1, draws: 0 })).toThrow(RangeError);
  expect(() => standings(stage, { seed: 1, draws: 1.5 })).toThrow(RangeError);
  expect(() => standings(stage, { seed: 1, level: 1 })).toThrow(RangeError);
});
