// Random relabellings (10^7 of each case with JIKJI_TORTURE, which looks down to 1e-5): p-values as small as reported come no more often than
// they say, but for an allowance that chance exceeds once in a million; and Poisson's tail, put to the same test, fails it.

import { describe, expect, test } from 'vitest';
import { type Block, lnOrderBound, lnPlacesBound, lnSignsTail } from './laws.ts';
import { allowance, longestIncreasing, randomWords, shuffle } from './testing/exact.ts';
import { lnPlacesTail } from './testing/places-law.ts';

const DRAWS = process.env.JIKJI_TORTURE ? 10_000_000 : 100_000;
const ALPHAS = [0.1, 0.01, 1e-3, 1e-4, 1e-5];

/** How often `draw` gives each value. */
function tally(draw: () => number) {
  const counts: number[] = [];
  for (let i = 0; i < DRAWS; i++) {
    const value = draw();
    while (counts.length <= value) counts.push(0);
    counts[value]!++;
  }
  return counts;
}

/** By alpha and by each p-value that can be reported: how many draws had so small a p-value, and how many may. */
function excesses(counts: readonly number[], lnP: (value: number) => number) {
  const p = counts.map((_, value) => Math.exp(lnP(value)));
  return [...ALPHAS, ...p].flatMap((alpha) => {
    const seen = counts.reduce((sum, count, value) => sum + (p[value]! <= alpha * (1 + 1e-9) ? count : 0), 0);
    const most = allowance(DRAWS, alpha);
    return seen > most ? [`p <= ${alpha}: ${seen} of ${DRAWS}, at most ${Math.floor(most)}`] : [];
  });
}

/** Labels of a block of the side in a random order. Match i joins its unit i with the label i of the other side. */
function placesOf({ rows, matches }: Block, word: () => number) {
  const labels = Int32Array.from({ length: rows }, (_, i) => i);
  return () => {
    shuffle(labels, word);
    let k = 0;
    for (let i = 0; i < matches; i++) if (labels[i] === i) k++;
    return k;
  };
}

const sumOf = (draws: readonly (() => number)[]) => () => {
  let sum = 0;
  for (const draw of draws) sum += draw();
  return sum;
};

const families: Record<string, Block[]> = {
  'one of 8': [{ rows: 8, matches: 8 }],
  'one of 9': [{ rows: 9, matches: 9 }],
  'one of 20, 12 matched': [{ rows: 20, matches: 12 }],
  'one of 128, 100 matched': [{ rows: 128, matches: 100 }],
  'four of 2': new Array<Block>(4).fill({ rows: 2, matches: 2 }),
  'four unlike ones': [
    { rows: 2, matches: 2 },
    { rows: 3, matches: 1 },
    { rows: 8, matches: 8 },
    { rows: 16, matches: 10 },
  ],
  'twelve of 6': new Array<Block>(12).fill({ rows: 6, matches: 5 }),
};

describe('in the same place', () => {
  test.each(Object.entries(families))('%s', (_, blocks) => {
    const word = randomWords(1377);
    const counts = tally(sumOf(blocks.map((block) => placesOf(block, word))));
    expect(excesses(counts, (k) => lnPlacesTail(blocks, k))).toEqual([]);
    expect(excesses(counts, (k) => lnPlacesBound(blocks, k))).toEqual([]);
  });

  test("Poisson's tail does not stand the same test", () => {
    const lnPoisson = (lambda: number, k: number) => {
      let term = Math.exp(-lambda);
      for (let i = 1; i <= k; i++) term *= lambda / i;
      let tail = 0;
      for (let i = k; i < k + 100; term *= lambda / ++i) tail += term;
      return Math.log(tail);
    };
    for (const name of process.env.JIKJI_TORTURE ? ['one of 8', 'four of 2'] : ['four of 2']) {
      const blocks = families[name]!;
      const word = randomWords(1377);
      const counts = tally(sumOf(blocks.map((block) => placesOf(block, word))));
      expect(
        excesses(counts, (k) => lnPoisson(blocks.length, k)),
        name,
      ).not.toEqual([]);
    }
  });

  test('two sides of unequal sizes, which share some labels: the larger p-value, with what was matched among the drawn', () => {
    // 24 units with labels 0 to 23 in a random order, of which the first 10 labels are drawn; 8 units of the other side, labelled 4 to 11. All
    // units with number below 12 have a partner: their own number modulo 8, which is taken by the first of both that was drawn.
    const word = randomWords(1378);
    const labels = Int32Array.from({ length: 24 }, (_, i) => i);
    // K, and on either side how many matches have a label that this side has.
    const counts = tally(() => {
      shuffle(labels, word);
      let [taken, places, bySuspect, byReference] = [0, 0, 0, 0];
      for (let unit = 0; unit < 12; unit++) {
        const label = labels[unit]!;
        const partner = unit % 8;
        if (label >= 10 || taken & (1 << partner)) continue;
        taken |= 1 << partner;
        if (partner + 4 < 10) bySuspect++;
        if (label >= 4) byReference++;
        if (label === partner + 4) places++;
      }
      return (places * 16 + bySuspect) * 16 + byReference;
    });
    for (const law of [lnPlacesTail, lnPlacesBound]) {
      const lnP = (code: number) => {
        const [places, bySuspect, byReference] = [code >> 8, (code >> 4) & 15, code & 15];
        const values = [
          { rows: 10, matches: bySuspect },
          { rows: 8, matches: byReference },
        ].map((block) => law([block], places));
        return Math.max(...values);
      };
      const seen = [...counts.entries()]
        .filter(([, count]) => count > 0)
        .map(([code, count]) => ({ count, lnP: lnP(code) }));
      expect(
        excesses(
          seen.map(({ count }) => count),
          (i) => seen[i]!.lnP,
        ),
      ).toEqual([]);
    }
  });
});

test.each([12, 20, 60])('signs of %i', (signs) => {
  const word = randomWords(1379);
  const counts = tally(() => {
    let agreeing = 0;
    for (let left = signs; left > 0; left -= 32) {
      for (let bits = left >= 32 ? word() : word() & ((1 << left) - 1); bits !== 0; bits &= bits - 1) agreeing++;
    }
    return agreeing;
  });
  expect(excesses(counts, (k) => lnSignsTail(signs, k))).toEqual([]);
});

test.each([[[9]], [[14]], [[4, 5]], [[8, 8, 10]]])('in the same order, of %j matches', (family) => {
  const word = randomWords(1380);
  const counts = tally(
    sumOf(
      family.map((m) => {
        const order = Array.from({ length: m }, (_, i) => i);
        return () => {
          shuffle(order, word);
          return longestIncreasing(order);
        };
      }),
    ),
  );
  expect(excesses(counts, (k) => lnOrderBound(family, k))).toEqual([]);
});
