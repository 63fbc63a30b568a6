// Places by enumeration: every stage of up to four teams with small totals and tie-breaks, against the definition of a place.

import { describe, expect, test } from 'vitest';
import { cut, ranking } from './ranking.ts';

/** Every choice of one of `values` for each of `n`. */
function* choices<T>(values: readonly T[], n: number): Generator<T[]> {
  for (let code = 0; code < values.length ** n; code++) {
    yield Array.from({ length: n }, (_, k) => values[Math.floor(code / values.length ** k) % values.length]);
  }
}

const order = (x: readonly number[], y: readonly number[]): number => {
  for (const [i, own] of x.entries()) if (own !== y[i]) return y[i] - own;
  return 0;
};

// A team's total and two tie-breaks.
const TEAMS = [...choices([0, 1, 2], 1)].flatMap(([total]) => [...choices([0, 1], 2)].map((ties) => [total, ...ties]));

test.each([1, 2, 3, 4])('all stages of %i teams: a place is one more than the number of better teams', (n) => {
  for (const teams of choices(TEAMS, n)) {
    const [totals, ...tieBreaks] = [0, 1, 2].map((k) => teams.map((team) => team[k]));
    const ranked = ranking(totals, { decimals: 1, tieBreaks });
    expect(ranked.map(({ team }) => team).sort()).toEqual(teams.map((_, i) => i));
    for (const [i, { team, place, by }] of ranked.entries()) {
      const better = teams.filter((other) => order(other, teams[team]) < 0).length;
      if (place !== better + 1) expect(place).toBe(better + 1);
      if (i === 0) continue;
      const before = teams[ranked[i - 1].team];
      const differs = before.findIndex((x, k) => x !== teams[team][k]);
      const want = differs < 0 ? undefined : differs === 0 ? 'total' : differs - 1;
      if (by !== want) expect(by).toBe(want);
    }
  }
});

test.each([1, 2, 3, 4])('all stages of %i teams: which teams are kept, out, or neither', (n) => {
  for (const totals of choices([0, 1, 2], n)) {
    for (let places = 0; places <= n; places++) {
      const { kept, out, undecided } = cut(ranking(totals, { decimals: 0, tieBreaks: [] }), places);
      const better = (t: number): number => totals.filter((x) => x > totals[t]).length;
      const asGood = (t: number): number => totals.filter((x) => x >= totals[t]).length;
      const teams = totals.map((_, t) => t);
      expect([...kept].sort()).toEqual(teams.filter((t) => asGood(t) <= places));
      expect([...out].sort()).toEqual(teams.filter((t) => better(t) >= places));
      expect([...undecided].sort()).toEqual(teams.filter((t) => better(t) < places && asGood(t) > places));
    }
  }
});

describe('rounding', () => {
  const tied = (a: number, b: number, decimals: number): boolean =>
    ranking([a, b], { decimals, tieBreaks: [] })[1].place === 1;

  test.each([
    [33.6 + 31.6 + 25, 90.2, 1, true],
    [90.25, 90.3, 1, true],
    [90.25, 90.2, 1, false],
    [90.2499, 90.2, 1, true],
    [1.005, 1.01, 2, true], // the binary number is a little below
    [0.1 + 0.2, 0.3, 9, true],
    [2.5, 3, 0, true],
    [2.4999, 2, 0, true],
    [-2.5, -2, 0, true],
    [79.999999, 80, 2, true],
  ])('%d and %d at %i decimals: equal is %s', (a, b, decimals, want) => {
    expect(tied(a, b, decimals)).toBe(want);
  });

  test('tie-breaks are rounded too', () => {
    const rules = { decimals: 1, tieBreaks: [[1.01, 1.04]] };
    expect(ranking([5, 5], rules).map(({ place }) => place)).toEqual([1, 1]);
  });
});

describe('the lot', () => {
  const places = (lot: number): number[] =>
    ranking([5, 5, 7, 5], { decimals: 0, tieBreaks: [], lot }).map(({ team }) => team);

  test('only among equal teams, the same for the same seed, each order about equally often', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 600; seed++) {
      const teams = places(seed);
      expect(teams[0]).toBe(2);
      expect(places(seed)).toEqual(teams);
      seen.set(teams.join(), (seen.get(teams.join()) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    // Chi-square with 5 degrees: 20.5 at one in a thousand.
    expect([...seen.values()].reduce((sum, x) => sum + (x - 100) ** 2 / 100, 0)).toBeLessThan(20.5);
  });

  test('a place by lot is reported as such', () => {
    const ranked = ranking([5, 5, 7], { decimals: 0, tieBreaks: [[1, 1, 0]], lot: 1 });
    expect(ranked.map(({ place, by }) => [place, by])).toEqual([
      [1, undefined],
      [2, 'total'],
      [3, 'lot'],
    ]);
    expect(cut(ranked, 2).undecided).toEqual([]);
  });
});

test('invalid input of a ranking is refused', () => {
  expect(() => ranking([1, 2], { decimals: 10, tieBreaks: [] })).toThrow(RangeError);
  expect(() => ranking([1, 2], { decimals: 1.5, tieBreaks: [] })).toThrow(RangeError);
  expect(() => ranking([1, 2], { decimals: 1, tieBreaks: [[1]] })).toThrow(RangeError);
  expect(() => ranking([1, Number.NaN], { decimals: 1, tieBreaks: [] })).toThrow(RangeError);
  expect(ranking([], { decimals: 1, tieBreaks: [] })).toEqual([]);
});
