// Resampling against every resample there is: for n of 4 or less all n^n of them are scored, and mean and variance are compared with
// closed forms; scores against the plainest way to compute them.

import { describe, expect, test } from 'vitest';
import { winShares, winsOf } from './bradley-terry.ts';
import type { Part } from './part.ts';
import { Random } from './random.ts';
import { BLOCK, drawCounts, pointsOf, type Sampler, samplerOf } from './resample.ts';
import { bradleyTerry } from './testing/bradley-terry.ts';

/** Every resample of n units as the units drawn. */
function* resamples(n: number): Generator<number[]> {
  for (let code = 0; code < n ** n; code++) {
    yield Array.from({ length: n }, (_, k) => Math.floor(code / n ** k) % n);
  }
}

/** Scores resamples, given as units drawn; [resample][team]. */
function scores(sampler: Sampler, all: readonly number[][]): number[][] {
  const { units, points } = sampler;
  const stride = Math.ceil(all.length / BLOCK) * BLOCK;
  const out = new Float64Array(points.length * stride);
  for (let b = 0; b < all.length; b += BLOCK) {
    const counts = new Float64Array(BLOCK * units);
    for (let k = 0; k < BLOCK; k++) for (const unit of all[Math.min(b + k, all.length - 1)]) counts[k * units + unit]++;
    sampler.score(counts, out, stride, b);
  }
  return all.map((_, b) => Array.from(points, (_, t) => out[t * stride + b]));
}

const random = new Random(3, 'tests');
random.at(0, 0);
const below = (n: number): number => Math.floor(random.uniform() * n);

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b) / x.length;
const trimmedMean = (x: readonly number[], trim: number): number =>
  mean([...x].sort((a, b) => a - b).slice(trim, x.length - trim));

describe.each([2, 3, 4])('all resamples of %i units', (n) => {
  const all = [...resamples(n)];
  // Two teams on the same units.
  const rows = [[0.25, 1.5, -2, 7.125].slice(0, n), [1, 0.5, 3, 0.125].slice(0, n)];
  const parts: Part[] = [
    { kind: 'items', weight: 1, results: rows },
    { kind: 'raters', weight: 1, points: rows[0].map((_, i) => [rows[0][i], rows[1][i]]) },
  ];

  test.each(parts)('$kind: mean m, variance (n-1)/n s^2/n, covariance likewise', (part) => {
    const got = scores(samplerOf(part, 2), all);
    const m = rows.map(mean);
    const of = (t: number): number[] => got.map((row) => row[t]);
    const covariance = (x: readonly number[], y: readonly number[], divisor: number): number =>
      x.reduce((sum, _, i) => sum + (x[i] - mean(x)) * (y[i] - mean(y)), 0) / divisor;
    for (const t of [0, 1]) expect(mean(of(t))).toBeCloseTo(m[t], 12);
    for (const [a, b] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ]) {
      const s2 = covariance(rows[a], rows[b], n - 1);
      expect(covariance(of(a), of(b), all.length)).toBeCloseTo((((n - 1) / n) * s2) / n, 12);
    }
  });

  test('trimmed means', () => {
    const sampler = samplerOf(
      { kind: 'raters', weight: 1, points: rows[0].map((_, i) => [rows[0][i], rows[1][i]]), trim: 1 },
      2,
    );
    if (n < 3) return; // refused by checkStage
    const got = scores(sampler, all);
    for (const [b, drawn] of all.entries()) {
      for (const t of [0, 1]) {
        const want = trimmedMean(
          drawn.map((i) => rows[t][i]),
          1,
        );
        expect(got[b][t]).toBeCloseTo(want, 12);
      }
    }
    for (const t of [0, 1]) expect(sampler.points[t]).toBeCloseTo(trimmedMean(rows[t], 1), 12);
  });
});

describe('means of many teams, in packed and in plain tables', () => {
  const units = 37;
  test.each([
    ['0 or 1', () => (random.uniform() < 0.4 ? 1 : 0)],
    ['whole numbers to 1,000', () => below(1001)],
    ['whole numbers to 10^12', () => below(1e6) * 1e6],
    ['whole numbers below 0 too', () => below(5) - 2],
    ['fractions', () => random.uniform()],
  ])('%s', (_name, draw) => {
    for (const teams of [1, 2, 3, 4, 7, 16, 50]) {
      const results = Array.from({ length: teams }, () => Array.from({ length: units }, draw));
      const all = Array.from({ length: 9 }, () => Array.from({ length: units }, () => below(units)));
      all.push(new Array(units).fill(5));
      const got = scores(samplerOf({ kind: 'items', weight: 3, results, points: (x) => 2 * x + 1 }, teams), all);
      for (const [b, drawn] of all.entries()) {
        for (let t = 0; t < teams; t++) {
          const want = 2 * mean(drawn.map((i) => results[t][i])) + 1;
          expect(Math.abs(got[b][t] / want - 1)).toBeLessThan(1e-12);
        }
      }
    }
  });
});

describe('pairs', () => {
  const teams = 6;
  const users = 12;
  const judgements = Array.from({ length: users * 10 }, (_, i) => {
    const a = below(teams);
    const b = (a + 1 + below(teams - 1)) % teams;
    return { user: 100 + (i % users), a, b, score: random.uniform() < 0.5 + 0.06 * (b - a) ? 1 : below(2) / 2 };
  });

  test('each draw equals a separate fit within a thousandth of a point', () => {
    const sampler = samplerOf({ kind: 'pairs', weight: 25, judgements }, teams);
    const all = Array.from({ length: 200 }, () => Array.from({ length: users }, () => below(users)));
    const got = scores(sampler, all);
    let far = 0;
    for (const [b, drawn] of all.entries()) {
      // Users in the order in which they first judged: 100, 101, ...
      const wins = winsOf(
        teams,
        drawn.flatMap((u) => judgements.filter(({ user }) => user === 100 + u)),
      );
      const want = winShares(bradleyTerry(wins, teams, 1).strengths);
      for (let t = 0; t < teams; t++) far = Math.max(far, Math.abs(got[b][t] - 25 * want[t]));
    }
    expect(far).toBeLessThan(0.001 * 25);
    const want = winShares(bradleyTerry(winsOf(teams, judgements), teams, 1).strengths);
    for (let t = 0; t < teams; t++) expect(sampler.points[t]).toBeCloseTo(25 * want[t], 9);
  });

  test('a custom map from strengths to points', () => {
    const part: Part = { kind: 'pairs', weight: 25, judgements, prior: 2, points: (s) => s.map((x) => 10 + x) };
    const { strengths } = bradleyTerry(winsOf(teams, judgements), teams, 2);
    const points = pointsOf(part, teams);
    for (let t = 0; t < teams; t++) expect(points[t]).toBeCloseTo(10 + strengths[t], 9);
  });
});

test('counts are drawn uniformly, and add up to the number of units', () => {
  const units = 5;
  const counts = new Float64Array(BLOCK * units);
  const sums = new Float64Array(units);
  for (let b = 0; b < 20_000; b += BLOCK) {
    drawCounts(new Random(6, 'units'), 2, b, counts);
    for (let k = 0; k < BLOCK; k++) {
      const one = counts.subarray(k * units, (k + 1) * units);
      expect(one.reduce((a, x) => a + x)).toBe(units);
      for (let i = 0; i < units; i++) sums[i] += one[i];
    }
  }
  // 100,000 draws of five things: chi-square with 4 degrees, 18.5 at one in a thousand.
  expect(sums.reduce((a, x) => a + (x - 20_000) ** 2 / 20_000, 0)).toBeLessThan(18.5);
});
