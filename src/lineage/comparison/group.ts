// The tests of one group of blocks: places, signs and order, with the chance of each under the null hypothesis. docs/lineage.md

import { log64 } from '../../engine/index.ts';
import type { BlockPair } from './blocks.ts';
import { type Block, lnOrderBound, lnPlacesBound, lnSignsTail } from './laws.ts';
import type { LabelKnowledge } from './shared-labels.ts';

type TestName = 'places' | 'signs' | 'order';
/** How the two residual streams were brought together: as they are stored, or by the embeddings of shared tokens. */
export type Alignment = 'stored' | 'tokens';

export interface Test {
  name: TestName;
  alignment: Alignment;
  /** Matches in place, signs that agree, matches in order. */
  count: number;
  /** Of so many matches. */
  of: number;
  /** What independent models have on average: of places and signs. */
  expected: number | undefined;
  /** ln of the chance of so many or more, for this test alone. */
  lnChance: number;
}

/** A pair of blocks with its number among the blocks of each model's group. */
export interface IndexedPair {
  pair: BlockPair;
  suspect: number;
  reference: number;
}

/** Pairs of which no two share their labels in both models: of each family of such pairs, the first. */
export function independentPairs(
  pairs: readonly IndexedPair[],
  suspect: LabelKnowledge,
  reference: LabelKnowledge,
): IndexedPair[] {
  const family = pairs.map((_, i) => i);
  const rootOf = (i: number): number => (family[i] === i ? i : rootOf(family[i]!));
  for (const [i, a] of pairs.entries()) {
    for (const [j, b] of pairs.entries()) {
      if (j >= i) break;
      const isShared =
        suspect.shared(a.suspect, b.suspect) &&
        (a.reference === b.reference || reference.shared(a.reference, b.reference));
      if (isShared) family[rootOf(i)] = rootOf(j);
    }
  }
  return pairs.filter((_, i) => rootOf(i) === i);
}

/** The blocks of one side under the law of places: matches whose other label this side has. */
function lawBlocks(pairs: readonly BlockPair[], side: 0 | 1): Block[] {
  return pairs.map(({ labels, matches }) => {
    const own = new Set(labels[side]);
    return { rows: labels[side].length, matches: matches.filter((match) => own.has(match[1 - side]!)).length };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function places(pairs: readonly BlockPair[], alignment: Alignment): Test {
  const count = sum(pairs.map(({ inPlace }) => inPlace));
  const sides = [lawBlocks(pairs, 0), lawBlocks(pairs, 1)];
  // Which side's labels say nothing is not known: the larger chance holds for both.
  const lnChance = Math.max(...sides.map((blocks) => lnPlacesBound(blocks, count)));
  const expected = Math.max(
    ...sides.map((blocks) => sum(blocks.map(({ rows, matches }) => (rows ? matches / rows : 0)))),
  );
  return { name: 'places', alignment, count, of: sum(pairs.map(({ matches }) => matches.length)), expected, lnChance };
}

function signs(pairs: readonly BlockPair[], alignment: Alignment): Test | undefined {
  const known = pairs.flatMap((pair) => pair.signs ?? []);
  const of = sum(known.map((one) => one.of));
  if (of === 0) return undefined;
  const count = sum(known.map(({ agreeing }) => agreeing));
  return { name: 'signs', alignment, count, of, expected: of / 2, lnChance: lnSignsTail(of, count) };
}

function order(pairs: readonly BlockPair[], alignment: Alignment): Test {
  const count = sum(pairs.map(({ inOrder }) => inOrder));
  const matches = pairs.map((pair) => pair.matches.length);
  return {
    name: 'order',
    alignment,
    count,
    of: sum(matches),
    expected: undefined,
    lnChance: lnOrderBound(matches, count),
  };
}

/** The pairs of a group by what is known of their labels. */
export interface Selections {
  /** All of them. */
  all: readonly BlockPair[];
  /** Of those that share their labels in both models one. */
  free: readonly BlockPair[];
  /** Those of them whose labels follow no pattern in both models. */
  placed: readonly BlockPair[];
}

/**
 * All tests of a group by one alignment. Which pairs are left out was decided by looking at labels, so each test reports the larger of the
 * chances with and without them: it is valid whichever of the two suppositions is true. Where the labels of all pairs follow a pattern,
 * places and order are not tested.
 */
export function testsOf({ all, free, placed }: Selections, alignment: Alignment): Test[] {
  const ofPlaces = placed.length > 0 ? [places, order].map((test) => larger([placed, free, all], alignment, test)) : [];
  const ofSigns = free.length > 0 ? [larger([free, all], alignment, signs)] : [];
  return [...ofPlaces, ...ofSigns].filter((test) => test !== undefined);
}

function larger(
  selections: readonly (readonly BlockPair[])[],
  alignment: Alignment,
  test: (pairs: readonly BlockPair[], alignment: Alignment) => Test | undefined,
): Test | undefined {
  const tests = selections.map((pairs) => test(pairs, alignment)).filter((one) => one !== undefined);
  return tests.toSorted((a, b) => b.lnChance - a.lnChance)[0];
}

/** ln of the chance that the best of these tests comes out so: each may be the best. */
export const lnBest = (tests: readonly Test[]): number =>
  tests.length === 0 ? 0 : Math.min(0, Math.min(...tests.map(({ lnChance }) => lnChance)) + log64(tests.length));
