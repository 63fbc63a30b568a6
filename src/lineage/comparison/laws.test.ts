// The laws of chance against all permutations of small blocks and against counts in whole numbers of any size, none of which uses their
// code; and where a simpler tail is no bound, or labels that are not exchangeable break the law. docs/lineage.md has the proofs.

import { describe, expect, test } from 'vitest';
import { type Block, holm, lnOrderBound, lnPlacesBound, lnSignsTail } from './laws.ts';
import {
  choose,
  convolved,
  factorial,
  forPermutations,
  lnRatio,
  longestIncreasing,
  placesCounts,
  randomWords,
  shuffle,
  tails,
} from './testing/exact.ts';
import { lnPlacesTail, placesLaw } from './testing/places-law.ts';
import { lnTrendBound } from './trend.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;
/** What rounding may take from a bound, in its logarithm. */
const ROUNDING = 1e-11;

/** By m and k: how many permutations of h labels put exactly k of the matches 0 to m - 1 in place; each looked at. */
function enumerated(h: number) {
  const counts = Array.from({ length: h + 1 }, (_, m) => new Array<number>(m + 1).fill(0));
  forPermutations(h, (order) => {
    let k = 0;
    counts[0]![0]!++;
    for (let m = 1; m <= h; m++) {
      if (order[m - 1] === m - 1) k++;
      counts[m]![k]!++;
    }
  });
  return counts.map((all) => all.map(BigInt));
}

/** By K: ln of the exact tail of blocks, in whole numbers. */
function exactTails(blocks: readonly Block[]) {
  const ways = blocks.map(({ rows, matches }) => placesCounts(rows, matches)).reduce(convolved, [1n]);
  const all = blocks.reduce((product, { rows }) => product * factorial(rows), 1n);
  return tails(ways).map((count) => lnRatio(count, all));
}

function expectLaw(blocks: readonly Block[]) {
  for (const [places, tail] of exactTails(blocks).entries()) {
    const what = JSON.stringify({ blocks, places });
    if (tail === Number.NEGATIVE_INFINITY) expect(lnPlacesTail(blocks, places), what).toBe(tail);
    else expect(Math.abs(lnPlacesTail(blocks, places) - tail), what).toBeLessThan(ROUNDING * Math.max(1, -tail));
    expect(lnPlacesBound(blocks, places), what).toBeGreaterThanOrEqual(tail - ROUNDING);
  }
}

describe('a block', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('%i rows: what all permutations show, and bounds above it', (rows) => {
    for (const [matches, counts] of enumerated(rows).entries()) {
      expect(placesCounts(rows, matches)).toEqual(counts);
      const law = placesLaw({ rows, matches });
      for (const [k, count] of counts.entries())
        expect(Math.exp(law[k]!)).toBeCloseTo(Number(count) / Number(factorial(rows)), 14);
      expectLaw([{ rows, matches }]);
      for (const [k, count] of tails(counts).entries()) {
        // P(K >= k) <= C(m, k) (h - k)! / h! <= (m / h)^k / k! <= 1 / k!, with all denominators multiplied out.
        const [h, m, kth] = [BigInt(rows), BigInt(matches), factorial(k)];
        const union = choose(matches, k) * factorial(rows - k);
        expect(count <= union).toBe(true);
        expect(union * kth * h ** BigInt(k) <= m ** BigInt(k) * factorial(rows)).toBe(true);
        expect(m ** BigInt(k) <= h ** BigInt(k)).toBe(true);
      }
    }
  });

  test('the law of larger blocks, in whole numbers', () => {
    for (const [rows, matches] of [
      [20, 20],
      [40, 13],
      [60, 59],
      [100, 100],
      [120, 60],
    ] as const)
      expectLaw([{ rows, matches }]);
  });

  test('all in place: the probability is 1 / h!, far below any number', () => {
    // Stirling's series, independent of the sum of logarithms.
    const h = 4096;
    const stirling = h * Math.log(h) - h + 0.5 * Math.log(2 * Math.PI * h) + 1 / (12 * h);
    const law = placesLaw({ rows: h, matches: h });
    expect(law[h]! / -stirling).toBeCloseTo(1, 12);
    expect(law[h - 1]).toBe(Number.NEGATIVE_INFINITY);
    expect(lnPlacesBound([{ rows: 100_000, matches: 100_000 }], 100_000)).toBeLessThan(-1_000_000);
    // 256 of 256: at most 1 in 10^506.
    expect(lnPlacesBound([{ rows: 256, matches: 256 }], 256)).toBeLessThan(-506 * Math.LN10);
  });

  test('is refused where it cannot be', () => {
    expect(() => placesLaw({ rows: 3, matches: 4 })).toThrow('a block of 3 rows has no 4 matches');
    expect(() => lnPlacesBound([{ rows: 3, matches: -1 }], 1)).toThrow('has no -1 matches');
  });
});

describe('several blocks', () => {
  const small: Block[] = [];
  for (let rows = 1; rows <= (TORTURE ? 8 : 5); rows++)
    for (let matches = 1; matches <= rows; matches++) small.push({ rows, matches });
  const families = [
    ...small.flatMap((a, i) => small.slice(i).map((b) => [a, b])),
    ...small.flatMap((a) => [3, 5, 8].map((n) => new Array<Block>(n).fill(a))),
    ...small.map((a, i) => [a, small[(i * 7 + 3) % small.length]!, small[(i * 5 + 1) % small.length]!, small[0]!]),
    ...(TORTURE
      ? small.flatMap((a, i) => small.slice(i).flatMap((b, j) => small.slice(i + j).map((c) => [a, b, c])))
      : []),
  ];

  test(`${families.length} families: the exact tail, and a bound that it never exceeds`, () => {
    for (const blocks of families) expectLaw(blocks);
  });

  test('many large blocks', () => {
    expectLaw(Array.from({ length: 8 }, (_, i) => ({ rows: 16 + i, matches: 16 - i })));
    expectLaw(new Array<Block>(12).fill({ rows: 10, matches: 10 }));
  });

  test('the bound is below lambda^K / K! and below e^(K - lambda) (lambda / K)^K', () => {
    for (const lambda of [0.3, 1, 2.5, 7, 31.9, 64]) {
      const blocks = new Array<Block>(64).fill({ rows: 6400, matches: lambda * 100 });
      for (let k = 1; k < 300; k++) {
        let moment = 0;
        for (let i = 1; i <= k; i++) moment += Math.log(lambda / i);
        const chernoff = k > lambda ? k - lambda + k * Math.log(lambda / k) : 0;
        expect(lnPlacesBound(blocks, k)).toBeLessThanOrEqual(Math.min(0, moment, chernoff) + ROUNDING);
      }
    }
  });

  test('the order of the factorial moment: i! / lambda^i is least at lambda rounded down', () => {
    for (const lambda of [0.5, 1, 1.5, 3, 6.7]) {
      const at = (i: number) => Number(factorial(i)) / lambda ** i;
      for (let i = 0; i < 20; i++) expect(at(Math.floor(lambda))).toBeLessThanOrEqual(at(i) * (1 + 1e-14));
    }
  });
});

/** P(X >= k) of a Poisson variable, and of a sum of independent events of these chances. */
function poissonTail(lambda: number, k: number) {
  let term = Math.exp(-lambda);
  for (let i = 1; i <= k; i++) term *= lambda / i;
  let tail = 0;
  for (let i = k; i < k + 200; term *= lambda / ++i) tail += term;
  return tail;
}
function independentTail(chances: readonly number[], k: number) {
  let law = [1];
  for (const p of chances)
    law = Array.from({ length: law.length + 1 }, (_, i) => (law[i] ?? 0) * (1 - p) + (law[i - 1] ?? 0) * p);
  return law.slice(k).reduce((a, b) => a + b, 0);
}

describe('simpler tails are not bounds', () => {
  const chancesOf = (blocks: readonly Block[]) =>
    blocks.flatMap(({ rows, matches }) => new Array<number>(matches).fill(1 / rows));

  test.each([
    // blocks, K, the probability, Poisson's, that of independent matches
    { blocks: [{ rows: 2, matches: 2 }], K: 2, exact: 1 / 2, poisson: 0.2642, independent: 1 / 4 },
    { blocks: [{ rows: 8, matches: 8 }], K: 8, exact: 1 / 40320, poisson: 1.025e-5, independent: 5.96e-8 },
    {
      blocks: new Array<Block>(4).fill({ rows: 2, matches: 2 }),
      K: 8,
      exact: 1 / 16,
      poisson: 0.05113,
      independent: 1 / 256,
    },
  ])('$K in place', ({ blocks, K, exact, poisson, independent }) => {
    const tail = Math.exp(exactTails(blocks)[K]!);
    const [p, q] = [poissonTail(blocks.length, K), independentTail(chancesOf(blocks), K)];
    for (const [value, expected] of [
      [tail, exact],
      [p, poisson],
      [q, independent],
    ] as const)
      expect(value / expected).toBeCloseTo(1, 2);
    expect(p).toBeLessThan(tail);
    expect(q).toBeLessThan(tail);
  });

  test('a large block of which few are in place: that of independent matches is too small there as well', () => {
    const tail = Math.exp(lnPlacesTail([{ rows: 256, matches: 256 }], 12));
    expect(independentTail(new Array<number>(256).fill(1 / 256), 12) / tail).toBeCloseTo(0.8, 1);
  });

  test('they fail in many families', () => {
    let [poisson, independent, all] = [0, 0, 0];
    for (let h = 1; h <= 8; h++)
      for (let m = 1; m <= h; m++)
        for (let blocks = 1; blocks <= 4; blocks++) {
          const family = new Array<Block>(blocks).fill({ rows: h, matches: m });
          const exact = exactTails(family).map(Math.exp);
          all++;
          if (exact.some((tail, k) => tail > poissonTail((blocks * m) / h, k) + 1e-12)) poisson++;
          if (exact.some((tail, k) => tail > independentTail(chancesOf(family), k) + 1e-12)) independent++;
        }
    expect([poisson / all, independent / all].every((share) => share > 0.2)).toBe(true);
  });
});

/** What is counted of two labelled blocks and pairs of their units. */
function counted(
  suspect: readonly number[],
  reference: readonly number[],
  pairs: readonly (readonly [number, number])[],
) {
  const there = { suspect: new Set(suspect), reference: new Set(reference) };
  return {
    places: pairs.filter(([i, j]) => suspect[i] === reference[j]).length,
    bySuspect: { rows: suspect.length, matches: pairs.filter(([, j]) => there.suspect.has(reference[j]!)).length },
    byReference: { rows: reference.length, matches: pairs.filter(([i]) => there.reference.has(suspect[i]!)).length },
  };
}
type Counted = ReturnType<typeof counted>;

/** The larger of the p-values of both sides, as a logarithm. */
const larger = (blocks: readonly Counted[], law: typeof lnPlacesTail) => {
  const places = blocks.reduce((sum, block) => sum + block.places, 0);
  return Math.max(
    law(
      blocks.map((block) => block.bySuspect),
      places,
    ),
    law(
      blocks.map((block) => block.byReference),
      places,
    ),
  );
};

/** Of equally likely cases each p-value is reached or undercut in at most its share. */
function expectValid(lnValues: readonly number[], what: string) {
  const sorted = Float64Array.from(lnValues).sort();
  for (const [i, value] of sorted.entries())
    if (sorted[i + 1] !== value) expect((i + 1) / sorted.length, what).toBeLessThanOrEqual(Math.exp(value + ROUNDING));
}

const LAWS = { lnPlacesTail, lnPlacesBound };
const pairsOf = (m: number, h: number, other: number, word: () => number): [number, number][] => {
  const [a, b] = [h, other].map((n) => Array.from({ length: n }, (_, i) => i)) as [number[], number[]];
  shuffle(a, word);
  shuffle(b, word);
  return Array.from({ length: m }, (_, i) => [a[i]!, b[i]!]);
};

describe('two sides of unequal sizes, whichever is in a random order', () => {
  const LARGEST = TORTURE ? 7 : 5;

  test.each(['suspect', 'reference'] as const)('one block: the larger p-value of all orders of the %s', (side) => {
    const word = randomWords(18);
    for (let h = 1; h <= LARGEST; h++)
      for (let other = 1; other <= h + 2; other++)
        for (const shift of [0, 1, 2])
          for (let m = 1; m <= Math.min(h, other); m++) {
            const pairs = pairsOf(m, h, other, word);
            const fixed = Array.from({ length: other }, (_, i) => i + shift);
            const found: Counted[] = [];
            forPermutations(h, (order) => {
              if (side === 'suspect') found.push(counted(order, fixed, pairs));
              else
                found.push(
                  counted(
                    fixed,
                    order,
                    pairs.map(([i, j]) => [j, i]),
                  ),
                );
            });
            for (const [name, law] of Object.entries(LAWS))
              expectValid(
                found.map((block) => larger([block], law)),
                JSON.stringify({ name, h, other, shift, m }),
              );
          }
  });

  test('two blocks: of all pairs of orders', () => {
    const word = randomWords(19);
    for (const [h, other, m] of TORTURE
      ? ([
          [4, 5, 3],
          [4, 3, 3],
          [5, 4, 4],
          [3, 5, 2],
        ] as const)
      : ([
          [4, 3, 3],
          [3, 4, 2],
        ] as const)) {
      const blocks = [0, 1].map((shift) => {
        const pairs = pairsOf(m, h, other, word);
        const found: Counted[] = [];
        forPermutations(h, (order) =>
          found.push(
            counted(
              order,
              Array.from({ length: other }, (_, i) => i + shift),
              pairs,
            ),
          ),
        );
        return found;
      });
      for (const [name, law] of Object.entries(LAWS))
        expectValid(
          blocks[0]!.flatMap((a) => blocks[1]!.map((b) => larger([a, b], law))),
          JSON.stringify({ name, h, other, m }),
        );
    }
  });

  test('the p-value by the side that is in no random order is not valid', () => {
    // Two units whose labels 0 and 1 are in a random order, and four with labels 0, 5, 6, 7. The first units are matched, and in place in
    // one of two orders. By the four labels that would be one of four.
    const [valid, invalid]: number[][] = [[], []];
    forPermutations(2, (order) => {
      const block = counted(order, [0, 5, 6, 7], [[0, 0]]);
      valid!.push(lnPlacesTail([block.bySuspect], block.places));
      invalid!.push(lnPlacesTail([block.byReference], block.places));
    });
    expectValid(valid!, 'by the side in a random order');
    expect(Math.exp(Math.min(...invalid!))).toBeCloseTo(1 / 4, 14);
    expect(() => expectValid(invalid!, 'by the other one')).toThrow();
  });
});

/** Pairs of which each is the other's nearest, by the difference of two numbers; of equal ones the first in `order` of labels is taken. */
function nearestPairs(
  [a, b]: readonly [readonly number[], readonly number[]],
  before: (side: 0 | 1, i: number, j: number) => boolean,
) {
  const nearest = (from: readonly number[], to: readonly number[], side: 0 | 1) =>
    from.map((x) =>
      to.reduce((best, y, j) => {
        if (best < 0) return j;
        const difference = Math.abs(x - y) - Math.abs(x - to[best]!);
        return difference < 0 || (difference === 0 && before(side, j, best)) ? j : best;
      }, -1),
    );
  const [there, back] = [nearest(a, b, 1), nearest(b, a, 0)];
  return there.flatMap((j, i) => (back[j] === i ? [[i, j] as [number, number]] : []));
}

describe('what is matched', () => {
  test('drawn rows: of all relabellings of a model, with the rows that were drawn and what was matched among them', () => {
    const width = TORTURE ? 8 : 6;
    const word = randomWords(20);
    for (const drawn of [2, 3, 4]) {
      const labels = Array.from({ length: width }, (_, i) => i);
      shuffle(labels, word);
      const draw = labels.slice(0, drawn);
      const [a, b] = [0, 1].map(() => Array.from({ length: width }, () => word() / 2 ** 32)) as [number[], number[]];
      const found: Counted[] = [];
      forPermutations(width, (order) => {
        // Unit i of the suspect has label order[i]; unit j of the reference has label j.
        const units = [...order.keys()].filter((i) => draw.includes(order[i]!));
        const pairs = nearestPairs([units.map((i) => a[i]!), draw.map((j) => b[j]!)], () => false);
        found.push(
          counted(
            units.map((i) => order[i]!),
            draw,
            pairs,
          ),
        );
      });
      for (const law of Object.values(LAWS))
        expectValid(
          found.map((block) => larger([block], law)),
          `${drawn} drawn`,
        );
    }
  });

  /** Two units on each side that all look the same; ties are broken by an order of labels. By all orders and labels: how often in place. */
  function tied(sameOrder: boolean) {
    let [places, all] = [0, 0];
    forPermutations(2, (labels) =>
      forPermutations(2, (hash) =>
        forPermutations(2, (otherHash) => {
          const orders = [sameOrder ? hash : otherHash, hash];
          const named = [labels, [0, 1]];
          const before = (side: 0 | 1, i: number, j: number) =>
            orders[side]![named[side]![i]!]! < orders[side]![named[side]![j]!]!;
          const [pair, ...others] = nearestPairs(
            [
              [0, 0],
              [0, 0],
            ],
            before,
          );
          expect(others).toEqual([]);
          all++;
          if (labels[pair![0]] === pair![1]) places++;
        }),
      ),
    );
    return places / all;
  }

  test('ties broken by one order of labels for both sides favour equal labels; by an order for each side they do not', () => {
    expect(tied(true)).toBe(1);
    expect(tied(false)).toBe(1 / 2);
  });

  test('of equal units one is kept: by one order of labels for both sides the kept ones too often have one label', () => {
    // Three of six units are equal on each side; the other side's have labels 0 to 2. By all labels of three here and all orders of labels.
    let [same, separate, all] = [0, 0, 0];
    const least = (labels: readonly number[], hash: readonly number[]) =>
      labels.reduce((x, y) => (hash[y]! < hash[x]! ? y : x));
    forPermutations(6, (hash) => {
      const other = least([0, 1, 2], hash);
      for (let a = 0; a < 6; a++)
        for (let b = 0; b < a; b++)
          for (let c = 0; c < b; c++) {
            all++;
            if (least([a, b, c], hash) === other) same++;
            // By an order of its own each of the three is as likely to be kept.
            for (const label of [a, b, c]) if (label === other) separate += 1 / 3;
          }
    });
    expect(separate / all).toBeCloseTo(1 / 6, 12);
    expect(same / all).toBeGreaterThan(0.3);
  });

  test('a choice that looks at the units with low labels makes two blocks of one', () => {
    // Four units; the choice knows which two have the labels 0 and 1. Taken where those are the matched ones, as one block: no p-value.
    const [one, two]: Block[][] = [
      [{ rows: 4, matches: 2 }],
      [
        { rows: 2, matches: 2 },
        { rows: 2, matches: 0 },
      ],
    ];
    let [inPlace, chosen] = [0, 0];
    forPermutations(4, (labels) => {
      if (labels[0]! > 1 || labels[1]! > 1) return;
      chosen++;
      if (labels[0] === 0 && labels[1] === 1) inPlace++;
    });
    expect(Math.exp(lnPlacesTail(one!, 2))).toBeLessThan(inPlace / chosen / 5);
    expect(Math.exp(lnPlacesTail(two!, 2))).toBeCloseTo(inPlace / chosen, 14);
  });
});

describe('labels that are not exchangeable', () => {
  test('blocks that share their labels: innocents get the p-values of thieves', () => {
    // 64 experts in one order on each side: K is 64 times that of one block, and 128 are in place in more than a quarter.
    const one = exactTails([{ rows: 16, matches: 16 }]);
    expect(Math.exp(one[2]!)).toBeGreaterThan(0.26);
    expect(lnPlacesBound(new Array<Block>(64).fill({ rows: 16, matches: 16 }), 128)).toBeLessThan(Math.log(1e-10));
  });

  test('units that were copied on both sides: twice the number in place', () => {
    // 32 units, each twice in the same places: 14 of 64 in place whenever 7 of 32 are.
    const chance = Math.exp(exactTails([{ rows: 32, matches: 32 }])[7]!);
    const claimed = Math.exp(lnPlacesTail([{ rows: 64, matches: 64 }], 14));
    expect(chance).toBeGreaterThan(8e-5);
    expect(claimed).toBeLessThan(5e-12);
  });

  test('labels that follow a number which both sides share but for noise: many in place, and the trend is seen', () => {
    const word = randomWords(23);
    const uniform = () => word() / 2 ** 32;
    const blocks = Array.from({ length: 24 }, () => {
      const shared = Array.from({ length: 256 }, uniform);
      // Each side sorts its units by what it sees of the number; unit i of one is matched with unit i of the other.
      const sides = [0, 1].map(() => {
        const seen = shared.map((value) => value + 0.05 * uniform());
        const place = new Array<number>(256);
        for (const [label, unit] of [...seen.keys()].sort((i, j) => seen[i]! - seen[j]!).entries()) place[unit] = label;
        return { place, values: [...seen].sort((x, y) => x - y) };
      });
      return { sides, places: shared.filter((_, i) => sides[0]!.place[i] === sides[1]!.place[i]).length };
    });
    const places = blocks.reduce((sum, block) => sum + block.places, 0);
    expect(lnPlacesBound(new Array<Block>(24).fill({ rows: 256, matches: 256 }), places)).toBeLessThan(Math.log(1e-9));
    for (const side of [0, 1])
      expect(lnTrendBound(blocks.map(({ sides }) => sides[side]!.values))).toBeLessThan(Math.log(1e-9));
  });

  /** Bell's numbers, by Aitken's array. */
  function bell(k: number) {
    let row = [1n];
    for (let i = 0; i < k; i++) {
      const next = [row.at(-1)!];
      for (const value of row) next.push(next.at(-1)! + value);
      row = next;
    }
    return row[0]!;
  }

  test('nested: 1e-9 needs 32 in place by Bell_k / k!, and 13 in one block', () => {
    const least = (bound: (k: number) => bigint) => {
      let k = 1;
      while (bound(k) * 10n ** 9n > factorial(k)) k++;
      return k;
    };
    expect([least(bell), least(() => 1n)]).toEqual([32, 13]);
  });

  test.each([
    [2, 2],
    [2, 3],
    [3, 2],
    [4, 2],
    [2, 4],
    [3, 3],
  ])('nested: %i groups of %i labels: below Bell_k / k! and not below 1 / k!', (groups, size) => {
    const word = randomWords(21);
    const h = groups * size;
    const inGroup: number[][] = [];
    forPermutations(size, (order) => inGroup.push([...order]));
    const relabellings: number[][] = [];
    forPermutations(groups, (order) => {
      const all = order.reduce<number[][]>(
        (before, group) =>
          before.flatMap((labels) => inGroup.map((to) => [...labels, ...to.map((i) => group * size + i)])),
        [[]],
      );
      relabellings.push(...all);
    });
    expect(BigInt(relabellings.length)).toBe(factorial(groups) * factorial(size) ** BigInt(groups));
    let broken = false;
    for (let round = 0; round < 40; round++) {
      const target = Array.from({ length: h }, (_, i) => i);
      if (round > 0) shuffle(target, word);
      const m = round % h || h;
      const counts = new Array<bigint>(m + 1).fill(0n);
      for (const labels of relabellings) counts[labels.filter((label, i) => i < m && label === target[i]).length]!++;
      for (const [k, count] of tails(counts).entries()) {
        expect(count * factorial(k) <= bell(k) * BigInt(relabellings.length)).toBe(true);
        broken ||= count * factorial(k) > BigInt(relabellings.length);
      }
    }
    expect(broken).toBe(true);
  });
});

describe('signs', () => {
  test('a binomial tail, in whole numbers', () => {
    for (const n of [0, 1, 2, 10, 61, 200]) {
      const counts = tails(Array.from({ length: n + 1 }, (_, k) => choose(n, k)));
      for (const [k, count] of counts.entries()) {
        const exact = lnRatio(count, 2n ** BigInt(n));
        expect(Math.abs(lnSignsTail(n, k) - exact)).toBeLessThan(ROUNDING * Math.max(1, -exact));
      }
    }
    expect(lnSignsTail(2048, 2048)).toBeCloseTo(-2048 * Math.LN2, 9);
    expect(lnSignsTail(5, 6)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('all changes of sign of one side are equally likely: so are all agreements', () => {
    const [a, b] = [
      [0.3, -1, 2, 0.1, -0.7, 1.1],
      [1, 1, -2, 0.5, -0.2, -3],
    ];
    const counts = new Array<bigint>(7).fill(0n);
    for (let flips = 0; flips < 64; flips++)
      counts[a!.filter((x, i) => (flips & (1 << i) ? -x : x) * b![i]! > 0).length]!++;
    expect(counts).toEqual(Array.from({ length: 7 }, (_, k) => choose(6, k)));
  });

  test('with the mean of the rows taken away they are not', () => {
    // One column. Taking the mean away lets a change of one sign move all others.
    const a = [1, 1.1, 0.9, 1.05, 0.95, 1];
    const b = [1, 1, 1, 1, 1, 1];
    const counts = new Array<number>(7).fill(0);
    for (let flips = 0; flips < 64; flips++) {
      const flipped = a.map((x, i) => (flips & (1 << i) ? -x : x));
      const mean = flipped.reduce((x, y) => x + y, 0) / 6;
      counts[flipped.filter((x, i) => (x - mean) * b[i]! > 0).length]!++;
    }
    expect(counts).not.toEqual(Array.from({ length: 7 }, (_, k) => Number(choose(6, k))));
  });
});

describe('the same order', () => {
  /** By length, how many permutations of m have an increasing subsequence so long and no longer: squares of counts of tableaux (Schensted 1961). */
  function byLength(m: number) {
    const counts = new Array<bigint>(m + 1).fill(0n);
    const visit = (shape: number[], left: number) => {
      if (left === 0) {
        let hooks = 1n;
        for (const [i, row] of shape.entries())
          for (let j = 0; j < row; j++)
            hooks *= BigInt(row - j + shape.slice(i + 1).filter((below) => below > j).length);
        counts[shape[0] ?? 0]! += (factorial(m) / hooks) ** 2n;
        return;
      }
      for (let row = Math.min(left, shape.at(-1) ?? left); row > 0; row--) visit([...shape, row], left - row);
    };
    visit([], m);
    return counts;
  }

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('%i matches: what all permutations show', (m) => {
    const counts = new Array<bigint>(m + 1).fill(0n);
    forPermutations(m, (order) => counts[longestIncreasing(order)]!++);
    expect(byLength(m)).toEqual(counts);
  });

  test('the bound is above the exact chance', () => {
    for (let m = 0; m <= (TORTURE ? 32 : 18); m++)
      for (const [k, count] of tails(byLength(m)).entries())
        expect(lnOrderBound([m], k)).toBeGreaterThanOrEqual(lnRatio(count, factorial(m)) - ROUNDING);
    // Of 256 matches 49 must be in order for 1e-9.
    expect(lnOrderBound([256], 49)).toBeLessThan(Math.log(1e-9));
    expect(lnOrderBound([256], 48)).toBeGreaterThan(Math.log(1e-9));
    expect(lnOrderBound([4], 5)).toBe(Number.NEGATIVE_INFINITY);
  });

  const families = [[4, 5], [1, 1, 1], [2, 3, 4, 5], [8, 8, 8], [12, 3], new Array<number>(10).fill(6), [0, 7]];
  test.each(families)('of several blocks: %j', (...family) => {
    const ways = family.map(byLength).reduce(convolved, [1n]);
    const all = family.reduce((product, m) => product * factorial(m), 1n);
    // The closed form of long ones, and the coefficient, which is below it.
    const roots = family.reduce((sum, m) => sum + Math.sqrt(m), 0);
    for (const [k, count] of tails(ways).entries()) {
      const bound = lnOrderBound(family, k);
      expect(bound, `${k}`).toBeGreaterThanOrEqual(lnRatio(count, all) - ROUNDING);
      const closed = 2 * (k * Math.log(roots) - lnRatio(factorial(k), 1n));
      expect(Math.min(0, closed) + ROUNDING, `${k}`).toBeGreaterThanOrEqual(bound);
    }
  });

  test('of long ones the closed form: a few more are needed for 1e-9 than by C(m, k) / k!', () => {
    const needed = (ln: (k: number) => number, from: number) => {
      let k = from;
      while (ln(k) > Math.log(1e-9)) k++;
      return k;
    };
    for (const m of [50_000, 100_000]) {
      const from = Math.floor(2 * Math.sqrt(m));
      const coefficient = (k: number) => {
        let sum = 0;
        for (let i = 0; i < k; i++) sum += Math.log(m - i) - 2 * Math.log(i + 1);
        return sum;
      };
      const [most, least] = [needed((k) => lnOrderBound([m], k), from), needed(coefficient, from)];
      expect(most - least).toBeGreaterThanOrEqual(0);
      expect(most - least).toBeLessThan(10);
      // (sqrt(m)^k / k!)^2
      const closed = 2 * ((most / 2) * Math.log(m) - lnRatio(factorial(most), 1n));
      expect(lnOrderBound([m], most)).toBeCloseTo(closed, 8);
    }
    // 32 blocks of 14,336: no coefficient is computed.
    expect(lnOrderBound(new Array<number>(32).fill(14_336), 12_000)).toBeLessThan(Math.log(1e-9));
  });
});

describe('many tests', () => {
  test("Holm's adjustment, by hand", () => {
    const ln = (all: number[]) => all.map(Math.log);
    const adjusted = holm(ln([0.01, 0.04, 0.03, 0.005])).map(Math.exp);
    for (const [i, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(p, 12);
    expect(holm(ln([0.5, 0.9])).map(Math.exp)).toEqual([1, 1]);
    expect(Math.exp(holm(ln([0.001]), 10)[0]!)).toBeCloseTo(0.01, 12);
  });

  test("Holm's adjustment is below alpha exactly where his procedure, step by step, rejects", () => {
    const word = randomWords(22);
    for (let round = 0; round < 2000; round++) {
      const values = Array.from({ length: 1 + (word() % 8) }, () => (1 + (word() % 50)) / 1000);
      const tests = values.length + (word() % 5);
      const alpha = (1 + (word() % 100)) / 1000 + 1e-6;
      const adjusted = holm(values.map(Math.log), tests);
      const left = new Set(values.keys());
      for (let among = tests; left.size > 0; among--) {
        const least = [...left].reduce((a, b) => (values[b]! < values[a]! ? b : a));
        if (values[least]! > alpha / among) break;
        left.delete(least);
      }
      expect(adjusted.map((value) => value > Math.log(alpha))).toEqual(values.map((_, i) => left.has(i)));
    }
  });

  test('the law of the worst case: tests that depend on each other', () => {
    // Two true nulls; each p-value is uniform on hundredths; the least of both is small as often as it can be.
    let rejected = 0;
    for (let i = 1; i <= 100; i++) {
      const [p, q] = [i, i <= 50 ? i + 50 : i - 50].map((value) => value / 100);
      if (holm([Math.log(p!), Math.log(q!)]).some((value) => value <= Math.log(0.1) + 1e-12)) rejected++;
    }
    expect(rejected).toBe(10);
  });
});
