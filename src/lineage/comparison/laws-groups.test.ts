// The bounds for labels that are random only within fixed groups, against all such relabellings of few labels: any sizes of groups, any other
// side. The bounds without groups are broken.

import { expect, test } from 'vitest';
import { lnNestedOrderBound, lnNestedPlacesBound, lnOrderBound, lnPlacesBound } from './laws.ts';
import {
  convolved,
  factorial,
  forPermutations,
  lnRatio,
  longestIncreasing,
  randomWords,
  shuffle,
  tails,
} from './testing/exact.ts';

/** All orders of the labels that leave each group's labels in it. */
function withinGroups(sizes: readonly number[]) {
  let [all, start]: [number[][], number] = [[[]], 0];
  for (const size of sizes) {
    const own: number[][] = [];
    forPermutations(size, (order) => own.push(order.map((i) => start + i)));
    all = all.flatMap((before) => own.map((one) => [...before, ...one]));
    start += size;
  }
  return all;
}

test.each([[[3, 3]], [[2, 5]], [[1, 2, 4]], [[2, 2, 2, 2]], [[1, 1, 6]], [[4, 1, 1]], [[2, 3, 3]]])(
  'groups of %j: both bounds hold, for any other side, and those of one group do not',
  (sizes) => {
    const labellings = withinGroups(sizes);
    const h = sizes.reduce((sum, size) => sum + size, 0);
    expect(BigInt(labellings.length)).toBe(sizes.reduce((product, size) => product * factorial(size), 1n));
    const word = randomWords(22);
    let broken = 0;
    for (let round = 0; round < 40; round++) {
      const target = Array.from({ length: h }, (_, i) => i);
      if (round > 0) shuffle(target, word);
      const m = round < 2 ? h : 1 + (round % h);
      const [places, order] = [new Array<bigint>(m + 1).fill(0n), new Array<bigint>(m + 1).fill(0n)];
      for (const labels of labellings) {
        const matched = labels.slice(0, m).map((label, i) => [label, target[i]!] as const);
        places[matched.filter(([label, other]) => label === other).length]!++;
        order[longestIncreasing(matched.toSorted((a, b) => a[0] - b[0]).map(([, other]) => other))]!++;
      }
      const check = (counts: bigint[], bound: (k: number) => number, plain: (k: number) => number) => {
        for (const [k, count] of tails(counts).entries()) {
          const exact = lnRatio(count, BigInt(labellings.length));
          expect(bound(k)).toBeGreaterThanOrEqual(exact - 1e-9);
          if (plain(k) < exact - 1e-9) broken++;
        }
      };
      check(
        places,
        (k) => lnNestedPlacesBound([{ matches: m, groups: sizes.length }], k),
        (k) => lnPlacesBound([{ rows: h, matches: m }], k),
      );
      check(
        order,
        (k) => lnNestedOrderBound([{ matches: m, groups: sizes.length }], k),
        (k) => lnOrderBound([m], k),
      );
    }
    expect(broken).toBeGreaterThan(0);
  },
);

test('several blocks, each with groups of its own: sums of the exact laws', () => {
  const law = (sizes: readonly number[]) => {
    const h = sizes.reduce((sum, size) => sum + size, 0);
    const counts = new Array<bigint>(h + 1).fill(0n);
    for (const labels of withinGroups(sizes)) counts[labels.filter((label, i) => label === i).length]!++;
    return counts;
  };
  for (const blocks of [
    [
      [2, 2],
      [3, 3],
    ],
    [[1, 5], [2, 2, 2], [4]],
    [
      [3, 3],
      [3, 3],
      [3, 3],
    ],
  ]) {
    const all = blocks.flat().reduce((product, size) => product * factorial(size), 1n);
    const nested = blocks.map((sizes) => ({
      matches: sizes.reduce((sum, size) => sum + size, 0),
      groups: sizes.length,
    }));
    for (const [k, count] of tails(blocks.map(law).reduce(convolved, [1n])).entries())
      expect(lnNestedPlacesBound(nested, k)).toBeGreaterThanOrEqual(lnRatio(count, all) - 1e-9);
  }
});

test('one group of each block: never below the bounds without groups', () => {
  const two = (matches: number, groups: number) => [{ matches, groups }, { matches, groups }]; // biome-ignore format: one thing
  for (const m of [1, 4, 30, 256])
    for (let k = 0; k <= m; k += Math.ceil(m / 40)) {
      expect(lnNestedPlacesBound(two(m, 1), k)).toBeCloseTo(
        lnPlacesBound(
          [
            { rows: m, matches: m },
            { rows: m, matches: m },
          ],
          k,
        ),
        9,
      );
      expect(lnNestedOrderBound(two(m, 1), k)).toBeGreaterThanOrEqual(lnOrderBound([m, m], k) - 1e-9);
      expect(lnNestedOrderBound(two(m, 8), k)).toBeGreaterThanOrEqual(lnNestedOrderBound(two(m, 4), k));
    }
  expect(lnNestedOrderBound(two(0, 8), 0)).toBe(0);
  expect(lnNestedPlacesBound([], 0)).toBe(0);
});
