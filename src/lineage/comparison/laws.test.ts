// The laws against all permutations of small blocks, and the bounds against the laws; where a simpler tail is no bound.

import { describe, expect, test } from 'vitest';
import { type Block, holm, lnOrderBound, lnPlacesBound, lnPlacesTail, lnSignsTail, placesLaw } from './laws.ts';

/** All permutations of 0 to n - 1. */
function* permutations(n: number): Generator<number[]> {
  if (n === 0) {
    yield [];
    return;
  }
  for (const rest of permutations(n - 1))
    for (let i = 0; i < n; i++) yield [...rest.slice(0, i), n - 1, ...rest.slice(i)];
}

/** How many permutations of h labels put exactly k of the matches 0 to m - 1 in place, by k; counted one by one. */
function counted(h: number, m: number): number[] {
  const counts = new Array<number>(m + 1).fill(0);
  for (const order of permutations(h)) counts[order.filter((to, i) => i < m && to === i).length]!++;
  return counts;
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** P(K >= places) of blocks, by convolution of what was counted. */
function exactTail(blocks: readonly Block[], places: number): number {
  let sums = [1];
  for (const { rows, matches } of blocks) {
    const law = counted(rows, matches).map((count) => count / factorial(rows));
    const next = new Array<number>(sums.length + matches).fill(0);
    for (const [i, a] of sums.entries()) for (const [k, b] of law.entries()) next[i + k]! += a * b;
    sums = next;
  }
  return sums.slice(places).reduce((a, b) => a + b, 0);
}

const small: Block[] = [];
for (let rows = 0; rows <= 7; rows++) for (let matches = 0; matches <= rows; matches++) small.push({ rows, matches });

describe('a block', () => {
  test.each(small)('$rows rows, $matches matches: the law of all permutations, and a bound above it', (block) => {
    const law = placesLaw(block);
    const counts = counted(block.rows, block.matches);
    for (const [k, count] of counts.entries())
      expect(Math.exp(law[k]!), `${k} in place`).toBeCloseTo(count / factorial(block.rows), 14);
    for (let k = 0; k <= block.matches; k++) {
      const tail = exactTail([block], k);
      expect(Math.exp(lnPlacesTail([block], k))).toBeCloseTo(tail, 14);
      // C(m, k) (h - k)! / h! <= (m / h)^k / k!
      expect(Math.exp(lnPlacesBound([block], k))).toBeGreaterThanOrEqual(tail * (1 - 1e-12));
    }
  });

  test('all in place, of a hundred thousand: its probability is 1 / h!, far below any number', () => {
    // Stirling's series, independent of the sum of logarithms.
    const h = 4096;
    const stirling = h * Math.log(h) - h + 0.5 * Math.log(2 * Math.PI * h) + 1 / (12 * h);
    const law = placesLaw({ rows: h, matches: h });
    expect(law[h]! / -stirling).toBeCloseTo(1, 12);
    expect(law[h - 1]).toBe(Number.NEGATIVE_INFINITY);
    expect(lnPlacesBound([{ rows: 100_000, matches: 100_000 }], 100_000)).toBeLessThan(-1_000_000);
  });

  test('is refused where it cannot be', () => {
    expect(() => placesLaw({ rows: 3, matches: 4 })).toThrow('a block of 3 rows has no 4 matches');
    expect(() => lnPlacesBound([{ rows: 3, matches: -1 }], 1)).toThrow('has no -1 matches');
  });
});

describe('several blocks', () => {
  const some = small.filter(({ rows, matches }) => rows >= 2 && rows <= 5 && matches > 0);
  const families = [
    ...some.flatMap((a) => some.map((b) => [a, b])),
    ...some.map((a) => [a, a, a]),
    ...some.map((a, i) => [
      a,
      some[(i * 7 + 3) % some.length]!,
      some[(i * 5 + 1) % some.length]!,
      { rows: 1, matches: 1 },
    ]),
  ];

  test(`${families.length} families: the exact tail, and a bound that it never exceeds`, () => {
    for (const blocks of families) {
      const most = blocks.reduce((sum, { matches }) => sum + matches, 0);
      for (let places = 0; places <= most; places++) {
        const tail = exactTail(blocks, places);
        const what = JSON.stringify({ blocks, places });
        expect(Math.abs(Math.exp(lnPlacesTail(blocks, places)) - tail), what).toBeLessThan(1e-14);
        expect(Math.exp(lnPlacesBound(blocks, places)), what).toBeGreaterThanOrEqual(tail * (1 - 1e-12));
      }
    }
  });

  test('the tail of a Poisson variable is no bound', () => {
    const poisson = (lambda: number, places: number): number => {
      let below = 0;
      for (let k = 0; k < places; k++) below += (Math.exp(-lambda) * lambda ** k) / factorial(k);
      return 1 - below;
    };
    const broken = families.filter((blocks) => {
      const lambda = blocks.reduce((sum, { rows, matches }) => sum + matches / rows, 0);
      const most = blocks.reduce((sum, { matches }) => sum + matches, 0);
      return Array.from({ length: most + 1 }, (_, k) => k).some(
        (k) => exactTail(blocks, k) > poisson(lambda, k) + 1e-12,
      );
    });
    expect(broken.length).toBeGreaterThan(families.length / 4);
  });
});

describe('the other laws', () => {
  test('signs: a binomial tail', () => {
    const choose = (n: number, k: number): number => factorial(n) / factorial(k) / factorial(n - k);
    for (const [n, k] of [
      [0, 0],
      [1, 1],
      [10, 7],
      [20, 20],
      [20, 0],
    ] as const) {
      let tail = 0;
      for (let j = k; j <= n; j++) tail += choose(n, j) / 2 ** n;
      expect(Math.exp(lnSignsTail(n, k))).toBeCloseTo(tail, 13);
    }
    expect(lnSignsTail(2048, 2048)).toBeCloseTo(-2048 * Math.LN2, 9);
  });

  test('order: the bound is above how many permutations have so long an increasing subsequence', () => {
    const longest = (order: readonly number[]): number => {
      const ends: number[] = [];
      for (const value of order) {
        const at = ends.findIndex((end) => end >= value);
        if (at < 0) ends.push(value);
        else ends[at] = value;
      }
      return ends.length;
    };
    for (let m = 1; m <= 7; m++) {
      const lengths = [...permutations(m)].map(longest);
      for (let k = 0; k <= m; k++) {
        const share = lengths.filter((length) => length >= k).length / lengths.length;
        expect(Math.exp(lnOrderBound([m], k))).toBeGreaterThanOrEqual(share * (1 - 1e-12));
      }
    }
    // Of 256 matches 49 must be in order for 1e-9.
    expect(lnOrderBound([256], 49)).toBeLessThan(Math.log(1e-9));
    expect(lnOrderBound([256], 48)).toBeGreaterThan(Math.log(1e-9));
  });

  test('order of two blocks: above the share of pairs of permutations', () => {
    const lengths = (m: number) =>
      [...permutations(m)].map((order) => {
        let best = 0;
        for (let mask = 0; mask < 2 ** m; mask++) {
          const chosen = order.filter((_, i) => mask & (1 << i));
          if (chosen.every((value, i) => i === 0 || value > chosen[i - 1]!)) best = Math.max(best, chosen.length);
        }
        return best;
      });
    const [a, b] = [lengths(4), lengths(5)];
    for (let k = 0; k <= 9; k++) {
      const share = a.flatMap((x) => b.map((y) => x + y)).filter((sum) => sum >= k).length / (a.length * b.length);
      expect(Math.exp(lnOrderBound([4, 5], k)), `${k}`).toBeGreaterThanOrEqual(share * (1 - 1e-12));
    }
  });

  test("Holm's adjustment, by hand", () => {
    const ln = (all: number[]): number[] => all.map(Math.log);
    const adjusted = holm(ln([0.01, 0.04, 0.03, 0.005])).map(Math.exp);
    for (const [i, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(p, 12);
    expect(holm(ln([0.5, 0.9])).map(Math.exp)).toEqual([1, 1]);
    expect(Math.exp(holm(ln([0.001]), 10)[0]!)).toBeCloseTo(0.01, 12);
  });
});
