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
import { lnPartsBound, lnTrendBound } from './trend.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;

/** Kendall's S, pair by pair. */
function naive(values: readonly number[]) {
  let s = 0;
  for (const [j, b] of values.entries()) for (const a of values.slice(0, j)) s += a < b ? 1 : a > b ? -1 : 0;
  return s;
}
/** What the bound says of a sum of S, of blocks of these sizes. */
function boundAt(s: number, sizes: readonly number[]) {
  const variance = sizes.reduce((sum, h) => sum + (h * (h - 1) * (2 * h + 5)) / 18, 0);
  return variance === 0 ? 0 : Math.min(0, Math.LN2 - s ** 2 / variance / 2);
}

/** How many orders of h different values have so many falling pairs, by their number (Rodrigues 1839). */
const falling = (h: number) =>
  Array.from({ length: h }, (_, i) => new Array<bigint>(i + 1).fill(1n)).reduce(convolved, [1n]);

/** T of the rank sums and its bound, pair by pair, for each half, quarter and eighth. */
function naiveParts(blocks: readonly (readonly number[])[]) {
  const bounds = [2, 4, 8].flatMap((parts) =>
    Array.from({ length: parts }, (_, part) => {
      let [t, variance] = [0, 0];
      for (const values of blocks) {
        const h = values.length;
        const isIn = (i: number) => i >= Math.floor((part * h) / parts) && i < Math.floor(((part + 1) * h) / parts);
        const inside = values.filter((_, i) => isIn(i));
        const outside = values.filter((_, i) => !isIn(i));
        for (const a of inside) for (const b of outside) t += a > b ? 1 : a < b ? -1 : 0;
        variance += (inside.length * outside.length * (h + 1)) / 3;
      }
      return variance === 0 ? 0 : Math.LN2 - t ** 2 / variance / 2;
    }),
  );
  return Math.min(0, Math.min(...bounds) + Math.log(14));
}

test('T of parts is counted pair by pair, with equal values', () => {
  const word = randomWords(11);
  for (let round = 0; round < 500; round++) {
    const blocks = Array.from({ length: 1 + (word() % 3) }, () =>
      Array.from({ length: word() % 60 }, () => (word() % (2 + (round % 50))) + (round % 2 ? 0 : 9)),
    );
    for (const values of blocks) values.fill(100, 0, word() % (1 + values.length));
    expect(lnPartsBound(blocks)).toBeCloseTo(naiveParts(blocks), 9);
  }
});

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

  test('rank sums, by their exact law: of all choices of n of N ranks', () => {
    for (const [N, n] of [
      [2, 1],
      [8, 1],
      [8, 4],
      [16, 2],
      [40, 10],
      [40, 20],
      [64, 8],
    ] as const) {
      // biome-ignore format: a table
      // By sum of n ranks, how many choices there are.
      let counts: bigint[][] = Array.from({ length: n + 1 }, (_, i) => (i === 0 ? [1n] : []));
      for (let rank = 1; rank <= N; rank++)
        counts = counts.map((own, i) => {
          const sums = own.slice();
          for (const [sum, count] of (counts[i - 1] ?? []).entries()) {
            while (sums.length <= sum + rank) sums.push(0n);
            sums[sum + rank]! += count;
          }
          return sums;
        });
      const all = counts[n]!.reduce((a, b) => a + b, 0n);
      const variance = (n * (N - n) * (N + 1)) / 3;
      for (const [sum, count] of tails(counts[n]!).entries()) {
        const t = 2 * sum - n * (N + 1);
        if (t > 0) expect(Math.LN2 - t ** 2 / variance / 2).toBeGreaterThanOrEqual(lnRatio(2n * count, all) - 1e-9);
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
    const ofParts = Float64Array.from({ length: TORTURE ? draws / 10 : draws / 5 }, () => {
      shuffle(order, word);
      return lnPartsBound([order]);
    });
    for (const alpha of [0.1, 0.01, 1e-3, 1e-4, 1e-5])
      for (const all of [bounds, ofParts]) {
        const seen = all.reduce((sum, bound) => sum + (bound <= Math.log(alpha) ? 1 : 0), 0);
        expect(seen, `${alpha}`).toBeLessThanOrEqual(allowance(all.length, alpha));
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

  const random = (h: number, seed: number) => {
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

  test.each([
    [1024, 1 / 8],
    [256, 1 / 4],
    [1024, 1 / 2],
  ])('finds that of %i a middle part is larger, where nothing rises or falls', (h, share) => {
    const values = random(h, h).map((value, i) => value + (Math.abs(i + 0.5 - h / 2) < (share * h) / 2 ? 1 : 0));
    expect(lnTrendBound([values])).toBeGreaterThan(Math.log(0.01));
    expect(lnPartsBound([values])).toBeLessThan(ALPHA);
  });

  test('finds in many small blocks what one of them cannot show', () => {
    const blocks = Array.from({ length: 24 }, (_, i) => random(16, i).map((value, at) => value + (at < 8 ? 0.5 : 0)));
    expect(blocks.every((values) => lnTrendBound([values]) > ALPHA)).toBe(true);
    expect(lnTrendBound(blocks)).toBeLessThan(ALPHA);
  });

  test.each([16, 1024, 16_384])('finds nothing in %i random ones', (h) => {
    expect(lnTrendBound([random(h, 100 + h)])).toBeGreaterThan(Math.log(0.01));
    expect(lnPartsBound([random(h, 100 + h)])).toBeGreaterThan(Math.log(0.01));
  });
});
