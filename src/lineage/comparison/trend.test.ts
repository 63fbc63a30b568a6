// The bound of a trend against all orders of few values, against the exact law of many, and against random ones; and that it finds labels that
// are sorted or nested.

import { describe, expect, test } from 'vitest';
import {
  allowance,
  convolved,
  factorial,
  forPermutations,
  lnRatio,
  randomWords,
  shuffle,
  tails,
} from './testing/exact.ts';
import { lnTrendBound } from './trend.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;

/** Kendall's S, pair by pair. */
function naive(values: readonly number[]): number {
  let s = 0;
  for (const [j, b] of values.entries()) for (const a of values.slice(0, j)) s += a < b ? 1 : a > b ? -1 : 0;
  return s;
}
/** What the bound says of a sum of S, of blocks of these sizes. */
function boundAt(s: number, sizes: readonly number[]): number {
  const variance = sizes.reduce((sum, h) => sum + (h * (h - 1) * (2 * h + 5)) / 18, 0);
  return variance === 0 ? 0 : Math.min(0, Math.LN2 - s ** 2 / variance / 2);
}

/** How many orders of h different values have so many falling pairs, by their number (Rodrigues 1839). */
const falling = (h: number): bigint[] =>
  Array.from({ length: h }, (_, i) => new Array<bigint>(i + 1).fill(1n)).reduce(convolved, [1n]);

test('S is counted pair by pair, with equal values', () => {
  const word = randomWords(1);
  for (let round = 0; round < 2000; round++) {
    const blocks = Array.from({ length: 1 + (word() % 3) }, () =>
      Array.from({ length: word() % 40 }, () => (word() % (2 + (round % 50))) - 7),
    );
    const s = blocks.reduce((sum, values) => sum + naive(values), 0);
    expect(lnTrendBound(blocks)).toBeCloseTo(
      boundAt(
        s,
        blocks.map(({ length }) => length),
      ),
      9,
    );
  }
  expect(lnTrendBound([[Infinity, Infinity, -Infinity, 0]])).toBe(boundAt(-3, [4]));
  expect(() => lnTrendBound([[1, Number.NaN]])).toThrow('not numbers');
});

describe('valid', () => {
  test('of all orders of up to 8 values, equal ones among them', () => {
    const word = randomWords(2);
    for (let h = 0; h <= 8; h++)
      for (const kinds of h === 8 && !TORTURE ? [8, 3] : [h, h, 1, 2, 3, 4]) {
        const values = Array.from({ length: h }, (_, i) => (kinds === h ? i : word() % kinds));
        const bounds: number[] = [];
        forPermutations(h, (order) => bounds.push(lnTrendBound([order.map((i) => values[i]!)])));
        const sorted = Float64Array.from(bounds).sort();
        for (const [i, bound] of sorted.entries())
          if (sorted[i + 1] !== bound)
            expect((i + 1) / sorted.length).toBeLessThanOrEqual(Math.exp(bound) * (1 + 1e-12));
      }
  });

  test('by the exact law of different values, one block and several', () => {
    for (const sizes of [[2], [9], [16], [40], [2, 2, 2, 2], [8, 8, 8], [3, 16, 20]]) {
      const counts = sizes.map(falling).reduce(convolved, [1n]);
      const all = sizes.reduce((product, h) => product * factorial(h), 1n);
      const pairs = counts.length - 1;
      for (const [k, count] of tails(counts).entries()) {
        if (2 * k <= pairs) continue;
        // At least k of the pairs fall, or at least k rise: as many orders.
        expect(boundAt(2 * k - pairs, sizes)).toBeGreaterThanOrEqual(lnRatio(2n * count, all) - 1e-11);
      }
    }
  });

  test('the moments behind the bound: a uniform number has those of a normal one or less', () => {
    for (let j = 1; j < 40; j++)
      for (let s = -8; s <= 8; s += 0.07) {
        let mean = 0;
        for (let u = 0; u < j; u++) mean += Math.exp(s * (u - (j - 1) / 2)) / j;
        expect(Math.log(mean)).toBeLessThanOrEqual((s * s * (j * j - 1)) / 24 + 1e-12);
      }
  });

  test.each([8, 16, 40])('random orders of %i', (h) => {
    const draws = TORTURE ? 10_000_000 : 50_000;
    const word = randomWords(3);
    const order = Array.from({ length: h }, (_, i) => i);
    const bounds = Float64Array.from({ length: draws }, () => {
      shuffle(order, word);
      return lnTrendBound([order]);
    });
    for (const alpha of [0.1, 0.01, 1e-3, 1e-4, 1e-5]) {
      const seen = bounds.reduce((sum, bound) => sum + (bound <= Math.log(alpha) ? 1 : 0), 0);
      expect(seen, `${alpha}`).toBeLessThanOrEqual(allowance(draws, alpha));
    }
  });
});

describe('sharp', () => {
  test('what the bound puts at 1e-4 has a chance above 4e-6 from 64 on, above 2e-7 at 16', () => {
    for (const h of [16, 64, 200]) {
      // The law of the number of falling pairs, in fractions.
      let law = [1];
      for (let j = 2; j <= h; j++) {
        let sum = 0;
        law = Array.from({ length: law.length + j - 1 }, (_, i) => {
          sum += (law[i] ?? 0) - (law[i - j] ?? 0);
          return sum / j;
        });
      }
      const pairs = law.length - 1;
      let k = Math.ceil(pairs / 2);
      while (boundAt(2 * k - pairs, [h]) > Math.log(1e-4)) k++;
      expect(2 * law.slice(k).reduce((a, b) => a + b, 0), `${h}`).toBeGreaterThan(h === 16 ? 2e-7 : 4e-6);
    }
  });

  const random = (h: number, seed: number): number[] => {
    const word = randomWords(seed);
    return Array.from({ length: h }, () => word() / 2 ** 32);
  };
  const ALPHA = Math.log(1e-4);

  test.each([16, 64, 1024, 16_384])('finds %i sorted labels, either way', (h) => {
    const values = random(h, h).sort((a, b) => a - b);
    expect(lnTrendBound([values])).toBeLessThan(ALPHA);
    expect(lnTrendBound([values.reverse()])).toBeLessThan(ALPHA);
  });

  test.each([
    [64, 2],
    [1024, 2],
    [1024, 4],
    [16_384, 8],
  ])('finds that of %i the first one in %i are larger', (h, share) => {
    const values = random(h, h).map((value, i) => value + (i < h / share ? 1 : 0));
    expect(lnTrendBound([values])).toBeLessThan(ALPHA);
  });

  test('finds in many small blocks what one of them cannot show', () => {
    const blocks = Array.from({ length: 24 }, (_, i) => random(16, i).map((value, at) => value + (at < 8 ? 0.5 : 0)));
    expect(blocks.every((values) => lnTrendBound([values]) > ALPHA)).toBe(true);
    expect(lnTrendBound(blocks)).toBeLessThan(ALPHA);
  });

  test.each([16, 1024, 16_384])('finds nothing in %i random ones', (h) => {
    expect(lnTrendBound([random(h, 100 + h)])).toBeGreaterThan(Math.log(0.01));
  });
});
