// Chances against a count of all draws, and against exact fractions where the draws are too many to count.

import { expect, test } from 'vitest';
import { chanceOfDetection, chanceTable } from './chance.ts';

/** The share of the subsets of `drawn` of `candidates` elements that contain one of the first `forged`. */
function counted(candidates: number, forged: number, drawn: number): number {
  let all = 0;
  let met = 0;
  for (let set = 0; set < 2 ** candidates; set++) {
    if (set.toString(2).replaceAll('0', '').length !== drawn) continue;
    all++;
    if (set % 2 ** forged !== 0) met++;
  }
  return met / all;
}

test('equal to counting, up to nine candidates', () => {
  for (let n = 1; n <= 9; n++) {
    for (let forged = 0; forged <= n; forged++) {
      for (let drawn = 0; drawn <= n; drawn++) {
        expect(chanceOfDetection(n, forged, drawn), `${n} ${forged} ${drawn}`).toBeCloseTo(
          counted(n, forged, drawn),
          14,
        );
      }
    }
  }
});

/** 1 - C(n - m, k) / C(n, k) in whole numbers, to 18 digits. */
function exact(n: number, m: number, k: number): number {
  let top = 1n;
  let bottom = 1n;
  for (let i = 0; i < k; i++) {
    top *= BigInt(n - m - i);
    bottom *= BigInt(n - i);
  }
  return Number(((bottom - top) * 10n ** 18n) / bottom) / 1e18;
}

test.each([
  [1_000_000, 1, 100_000],
  [1_000_000, 1, 1],
  [123_457, 1_235, 700],
  [5_000, 250, 500],
  [3_000, 1_500, 1_400],
])('n = %i, m = %i, k = %i: equal to exact fractions', (n, m, k) => {
  const want = m < k ? exact(n, k, m) : exact(n, m, k); // symmetric in m and k
  expect(chanceOfDetection(n, m, k)).toBeCloseTo(want, 11);
  expect(Math.abs(chanceOfDetection(n, m, k) / want - 1)).toBeLessThan(1e-9);
});

test('the table has one forged segment, then shares of the candidates, each number once', () => {
  expect(chanceTable(1000, 100).map((row) => row.forged)).toEqual([1, 10, 50, 100]);
  expect(chanceTable(12, 1).map((row) => row.forged)).toEqual([1, 2]);
  expect(chanceTable(12, 1)[0]!.chance).toBeCloseTo(1 / 12, 15);
  expect(chanceTable(12, 12).every((row) => row.chance === 1)).toBe(true);
  expect(chanceTable(0, 0)).toEqual([]);
});
