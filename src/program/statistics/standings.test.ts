// Standings against closed forms: standard errors, intervals and chances of stages whose answers are known, and the same bits for the same
// seed.

import { describe, expect, test } from 'vitest';
import { normal64 } from '../../engine/index.ts';
import { chancesOf, keptChance } from './chances.ts';
import type { Part, Stage } from './part.ts';
import { Random } from './random.ts';
import { pointsOf } from './resample.ts';
import { quantile, type Standings, standings } from './standings.ts';

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
/** As decisions of document version 1: fixed points are exact, and few raters have Student's tails. */
const done = standings(stage, { seed: 1, version: 1 });

const widthOf = ({ interval }: Standings['totals'][number]): number => interval![1] - interval![0];

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
        interval: null,
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
      expect(widthOf(byItems) / 2 / byItems.standardError! / normal64(0.975)).toBeCloseTo(1, 1.3);
      expect(widthOf(byRaters) / 2 / byRaters.standardError! / 2.262).toBeCloseTo(1, 1);
    }
  });

  test('an interval does not exceed the weight', () => {
    const near = list(5, (i) => [35 - i / 10, 34]);
    const [[first]] = standings({ teams: 2, parts: [{ ...raters, points: near }] }, { seed: 1, draws: 1000 }).parts;
    expect(first.interval![1]).toBeLessThanOrEqual(35);
    expect(first.interval![0]).toBeLessThan(first.points);
  });

  test('another level', () => {
    const half = standings(stage, { seed: 1, level: 0.5, version: 1 });
    for (const t of [0, 1, 2]) {
      const width = widthOf(half.totals[t]);
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
    const { above } = standings({ teams: 2, parts: [{ ...raters, points }] }, { seed: 3, version: 1 });
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
    const { place } = standings({ teams: 4, parts: [same] }, { seed: 1, draws: 100, version: 1 });
    for (const row of place) for (const p of row) expect(p).toBeCloseTo(0.25, 10);
  });

  test('nothing to resample: teams are in the order of their points, equal teams share their places', () => {
    const none = standings({ teams: 3, parts: [{ ...fixed, points: [7, 9, 7] }] }, { seed: 1, draws: 10, version: 1 });
    expect(none.place).toEqual([
      [0, 0.5, 0.5],
      [1, 0, 0],
      [0, 0.5, 0.5],
    ]);
    expect(none.totals[0].standardError).toBe(null);
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

describe('few units, and points that nobody resampled', () => {
  const look = (parts: Part[], of: Partial<Stage> = {}) =>
    standings({ teams: 3, parts, ...of }, { seed: 1, draws: 1000 });
  const unknown = { notKnown: expect.objectContaining({ parts: [0], isSettled: false }), place: [], above: [] };

  test('one unit, equal marks and what trimming leaves of three ratings make nothing certain', () => {
    const judgements = [0, 1].flatMap((user) => [0, 1].map((a) => ({ user, a, b: 2, score: 1 })));
    const parts: Part[] = [
      { ...raters, points: [[20, 21, 19]] },
      { ...raters, points: list(4, () => [20, 21, 19]) },
      { ...raters, trim: 1, points: list(3, (i) => [20 + i, 21, 19]) },
      // Raters who differ in severity alone say nothing of how raters differ on teams.
      { ...raters, points: list(3, (i) => [20 + i, 21 + i, 19 + i]) },
      { ...items, results: [[1], [0], [1]] },
      { kind: 'pairs', weight: 25, judgements },
    ];
    for (const part of parts) {
      const found = look([part]);
      expect([part, found]).toMatchObject([part, unknown]);
      expect(found.totals[0]).toMatchObject({ standardError: null, interval: null });
      // The points of other parts are as certain as they are, totals and chances are not.
      expect(look([part, items])).toMatchObject({ notKnown: { parts: [0] }, place: [] });
      expect(look([part, items]).parts[1][0].interval).not.toBe(null);
    }
  });

  test('an entered figure without an error is a fact where no value of it could change the order', () => {
    const entered: Part = { ...fixed, weight: 1, points: [0.5, 0.2, 0.9], isEntered: true };
    const apart: Part = { ...raters, points: list(10, (i) => [30 + (i % 2), 20 - (i % 3), 10 + (i % 2)]) };
    expect(look([entered, apart])).toMatchObject({
      notKnown: { parts: [], isSettled: true },
      place: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    });
    // Twenty points could change it, and so they do where they made the order: 31 and 10 could be 11 and 30.
    const made = [
      { ...entered, weight: 20, points: [20, 0, 0] },
      { ...fixed, error: 0, points: [11, 10, 1] },
    ];
    expect(look(made).notKnown).toEqual({
      parts: [0],
      reasons: ['noError'],
      isSettled: false,
      ranges: [
        [11, 31],
        [10, 30],
        [1, 21],
      ],
    });
    expect(look([{ ...entered, weight: 20 }, apart])).toMatchObject(unknown);
    // What one rater said is no fact, however little it decides.
    const one: Part = { kind: 'raters', weight: 1, points: [[0.5, 0.2, 0.9]] };
    expect(look([one, apart])).toMatchObject({ notKnown: { parts: [0], isSettled: true }, place: [] });
    // A team that does not compete has nothing to decide.
    const given = [undefined, undefined, 12];
    expect(look([{ ...apart, given }], { running: [0, 1] }).notKnown.parts).toEqual([]);
    expect(look([{ ...apart, given }]).notKnown.parts).toEqual([0]);
  });

  test('a stated error counts as one, of an entered part and of given points', () => {
    const stated: Part = { ...fixed, weight: 40, points: [20, 18, 10], error: 2, isEntered: true };
    const { parts, totals, above } = standings({ teams: 3, parts: [stated] }, { seed: 1 });
    expect(parts[0][1]).toMatchObject({ points: 18, standardError: 2 });
    expect(widthOf(totals[1]) / 2 / 2 / normal64(0.975)).toBeCloseTo(1, 1.3);
    expect(above[0][1]).toBeGreaterThan(0.6);
    expect(above[0][1]).toBeLessThan(0.9);
    const given = { ...raters, given: [undefined, 26, undefined], givenErrors: [undefined, 1, undefined] };
    expect(look([given]).parts[0][1]).toMatchObject({ points: 26, standardError: 1 });
  });

  test('the spread of two raters is not taken from them alone; of hundreds of items it is', () => {
    const two: Part = {
      ...raters,
      points: [
        [26, 25, 20],
        [24, 26, 21],
      ],
    };
    const [now, before] = ([2, 1] as const).map((version) =>
      standings({ teams: 3, parts: [two] }, { seed: 1, version }),
    );
    // Student's factor of one degree: 12.7 standard errors on each side.
    expect(widthOf(now!.totals[0])).toBeLessThan(widthOf(before!.totals[0]) / 1.5);
    const same = look([items]).parts[0][0];
    expect(same.standardError! / done.parts[0][0].standardError!).toBeCloseTo(1, 1);
  });

  test('of two or three users nothing is known either; of four it is', () => {
    const of = (users: number): Part => ({
      kind: 'pairs',
      weight: 25,
      judgements: list(10 * users, (i) => ({
        user: i % users,
        a: i % 3,
        b: (i + 1) % 3,
        score: (i * 7) % 5 < 2 ? 0 : 1,
      })),
    });
    expect([2, 3, 4].map((users) => look([of(users)]).notKnown.parts.length)).toEqual([1, 1, 0]);
    expect(standings({ teams: 3, parts: [of(2)] }, { seed: 1, draws: 100, version: 1 }).place).toHaveLength(3);
  });

  test('items of one cluster are one unit: alike items of ten texts have the error of ten items', () => {
    const ten = results.map((row) => [...row].slice(0, 10));
    const many = ten.map((row) => row.flatMap((x) => [x, x, x, x]));
    const clusters = list(40, (i) => Math.floor(i / 4));
    const errorOf = (part: Part) =>
      standings({ teams: 3, parts: [part] }, { seed: 1, draws: 4000, version: 1 }).parts[0][0];
    const [ones, alike] = [errorOf({ ...items, results: ten }), errorOf({ ...items, results: many, clusters })];
    expect(alike.points).toBeCloseTo(ones.points, 12);
    expect(alike.standardError! / ones.standardError!).toBeCloseTo(1, 6);
    expect(errorOf({ ...items, results: many }).standardError!).toBeLessThan(0.6 * ones.standardError!);
    // Clusters of unequal size: points are the mean of items, whatever texts they are of.
    const uneven = list(40, (i) => (i < 25 ? 7 : i));
    expect(errorOf({ ...items, results: many, clusters: uneven }).points).toBeCloseTo(ones.points, 12);
    expect(look([{ ...items, results: many, clusters: list(40, () => 3) }]).notKnown.parts).toEqual([0]);
  });

  test('rounding to whole marks adds its variance to that of raters', () => {
    const rounded: Part = { ...raters, rounding: 3 };
    const [plain, coarse] = [raters, rounded].map((part) => look([part]).parts[0][0].standardError!);
    expect(coarse! ** 2 - plain! ** 2).toBeCloseTo(3 / 10, 6);
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
    const { totals, parts } = standings({ teams: 3, parts: [{ ...two, given }] }, { seed: 1, draws: 1000, version: 1 });
    const exact = { points: 13.5, mean: 13.5, standardError: null, interval: null };
    expect([totals[1], parts[0][1]]).toEqual([exact, exact]);
    expect(widthOf(totals[0])).toBeGreaterThan(20);
    expect(pointsOf({ ...two, given }, 3)).toEqual([20, 13.5, 20]);
  });

  test('an interval of a total stays between its exact points, and these with all points that are drawn', () => {
    const { totals } = standings(
      { teams: 3, parts: [{ ...two, given: [undefined, 13.5, undefined] }, other, fixed] },
      { seed: 1, draws: 1000, version: 1 },
    );
    // For the second team 13.5 and 21 are exact, and raters can give 35.
    expect(totals[1].interval![0]).toBeGreaterThanOrEqual(13.5 + 21);
    expect(totals[1].interval![1]).toBeLessThanOrEqual(13.5 + 21 + 35);
    // For the first team 20.5 are exact; items and raters can give 75.
    expect(totals[0].interval![0]).toBeGreaterThanOrEqual(20.5);
    expect(totals[0].interval![1]).toBeLessThanOrEqual(20.5 + 75);
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
    const errors = ({ parts }: Standings, p: number) =>
      parts[p].map(({ standardError, interval }) => [standardError, interval]);
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
  ['an error below zero', { teams: 3, parts: [{ ...fixed, error: -1 }] }],
  ['points that are no number', { teams: 3, parts: [{ ...fixed, points: [1, 2, Number.NaN] }] }],
  ['results for two teams', { teams: 3, parts: [{ ...items, results: results.slice(1) }] }],
  ['clusters of too few items', { teams: 3, parts: [{ ...items, clusters: [1, 2] }] }],
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
