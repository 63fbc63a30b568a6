// The smallest changes of weights against brute force: all corners of the feasible region, where a linear program has its optimum.

import { describe, expect, test } from 'vitest';
import { Random } from './random.ts';
import { weightsToChange } from './weights.ts';

const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);
const lead = (ahead: readonly number[], weights: readonly number[]): number => sum(ahead.map((x, p) => x * weights[p]));

/** All subsets' patterns: each of `n` gets one of `values`. */
function* patterns(values: (p: number) => number[], n: number): Generator<number[]> {
  if (n === 0) {
    yield [];
    return;
  }
  for (const rest of patterns(values, n - 1)) for (const value of values(n - 1)) yield [...rest, value];
}

/**
 * Fewest points: the cost is linear between the planes w_p = 0 and w_p = weights[p], so that an optimum lies where all but two
 * weights are on one of these and the two follow from the sum and from the equality.
 */
function fewest(ahead: readonly number[], weights: readonly number[]): number {
  const n = ahead.length;
  const total = sum(weights);
  let best = Infinity;
  for (const pattern of patterns((p) => [0, weights[p]], n)) {
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < a; b++) {
        const others = pattern.map((w, p) => (p === a || p === b ? 0 : w));
        const left = total - sum(others);
        const need = -lead(ahead, others); // ahead_a x + ahead_b (left - x) = need
        if (ahead[a] === ahead[b]) continue;
        const x = (need - ahead[b] * left) / (ahead[a] - ahead[b]);
        if (x < -1e-12 || x > left + 1e-12) continue;
        const cost = pattern.map((_, p) => Math.abs((p === a ? x : p === b ? left - x : others[p]) - weights[p]));
        best = Math.min(best, sum(cost) / 2);
      }
    }
  }
  return best;
}

/** Smallest share: the most that the lead can fall for shares of 1 is at a corner, where all changes but one are full. */
function share(ahead: readonly number[], weights: readonly number[]): number {
  const n = ahead.length;
  let most = 0;
  for (const pattern of patterns((p) => [-weights[p], weights[p]], n)) {
    for (let a = 0; a < n; a++) {
      const rest = -sum(pattern.with(a, 0));
      if (Math.abs(rest) > weights[a] + 1e-12) continue;
      most = Math.max(most, -lead(ahead, pattern.with(a, rest)));
    }
  }
  return lead(ahead, weights) / most;
}

test('by hand: two parts', () => {
  // Totals 0.8 * 60 + 0.5 * 40 = 68 and 0.6 * 60 + 0.7 * 40 = 64: equal at 50 and 50.
  const { points, share } = weightsToChange(
    [
      [0.8, 0.6],
      [0.5, 0.7],
    ],
    [60, 40],
    [0],
    [1],
  );
  expect(points).toEqual({
    kept: 0,
    out: 1,
    far: expect.closeTo(10, 12),
    weights: [50, 50].map((w) => expect.closeTo(w, 12)),
  });
  // Both weights move by 10 points, which is a quarter of the smaller one.
  expect(share).toEqual({
    kept: 0,
    out: 1,
    far: expect.closeTo(0.25, 12),
    weights: [50, 50].map((w) => expect.closeTo(w, 12)),
  });
});

test('a team that leads in every part stays ahead', () => {
  const shares = [
    [0.8, 0.6],
    [0.71, 0.7],
  ];
  expect(weightsToChange(shares, [60, 40], [0], [1])).toEqual({ points: undefined, share: undefined });
});

test('the next team may become equal only when all weight moves, or is equal from the start', () => {
  const shares = [
    [0.8, 0.6],
    [0.7, 0.7],
  ];
  expect(weightsToChange(shares, [60, 40], [0], [1]).points).toMatchObject({ far: 60, weights: [0, 100] });
  const equal = weightsToChange([[1, 1]], [100], [0], [1]);
  expect(equal.points?.far).toBe(0);
  expect(equal.share?.far).toBe(0);
});

describe('200 stages drawn at random', () => {
  const random = new Random(11, 'weights');
  for (let parts = 1; parts <= 5; parts++) {
    test(`${parts} parts`, () => {
      let found = 0;
      let none = 0;
      for (let draw = 0; draw < 40; draw++) {
        random.at(parts, draw);
        const coarse = draw % 2 === 0; // with equal values, and weights of zero
        const number = (): number => (coarse ? Math.floor(random.uniform() * 5) / 4 : random.uniform());
        const weights = Array.from({ length: parts }, () => 40 * number());
        weights[0] += 1;
        const teams = 4;
        const shares = weights.map(() => Array.from({ length: teams }, number));
        const totals = Array.from({ length: teams }, (_, t) => sum(shares.map((part, p) => part[t] * weights[p])));
        const ranked = [...totals.keys()].sort((a, b) => totals[b] - totals[a]);
        const kept = ranked.slice(0, 2);
        const out = ranked.slice(2);
        const got = weightsToChange(shares, weights, kept, out);
        let points = Infinity;
        let least = Infinity;
        for (const a of kept) {
          for (const b of out) {
            const ahead = shares.map((part) => part[a] - part[b]);
            const level = lead(ahead, weights) < 1e-9;
            points = Math.min(points, level ? 0 : fewest(ahead, weights));
            least = Math.min(least, level ? 0 : share(ahead, weights));
          }
        }
        for (const [move, want] of [
          [got.points, points],
          [got.share, least <= 1 ? least : Infinity],
        ] as const) {
          if (!move) {
            expect(want).toBe(Infinity);
            none++;
            continue;
          }
          found++;
          expect(move.far).toBeCloseTo(want, 9);
          // What is returned does what it says.
          expect(sum(move.weights)).toBeCloseTo(sum(weights), 9);
          expect(Math.min(...move.weights)).toBeGreaterThan(-1e-9);
          const ahead = shares.map((part) => part[move.kept] - part[move.out]);
          expect(lead(ahead, move.weights)).toBeCloseTo(0, 9);
          const moves = move.weights.map((w, p) => Math.abs(w - weights[p]));
          if (move === got.points) expect(sum(moves) / 2).toBeCloseTo(move.far, 9);
          else for (const [p, by] of moves.entries()) expect(by).toBeLessThanOrEqual(move.far * weights[p] + 1e-9);
        }
      }
      if (parts > 1 && parts < 5) expect(Math.min(found, none)).toBeGreaterThan(0);
    });
  }
});

test('invalid stages are refused', () => {
  expect(() => weightsToChange([[1, 2]], [1, 2], [0], [1])).toThrow(RangeError);
  expect(() => weightsToChange([[1, 2]], [-1], [0], [1])).toThrow(RangeError);
  expect(() => weightsToChange([[1, 2]], [Number.NaN], [0], [1])).toThrow(RangeError);
  expect(weightsToChange([[1, 2]], [1], [0], [])).toEqual({ points: undefined, share: undefined });
});
