// The tests of one group of blocks: places, signs and order, with the chance of each under the null hypothesis. docs/lineage.md

import { log64 } from '../../engine/index.ts';
import type { BlockPair } from './blocks.ts';
import {
  type Block,
  lnNestedOrderBound,
  lnNestedPlacesBound,
  lnOrderBound,
  lnPlacesBound,
  lnSignsTail,
  type NestedBlock,
} from './laws.ts';
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
  /** The same where units are in a random order only within nested groups of labels, as many as there may be. */
  lnNested: number;
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

/** The least units that a nested group is allowed for: smaller ones are no models that anybody would cut out. */
const NESTED_UNITS = 16;

/** As many nested groups as `nested` and the larger of both blocks allow. */
const nestedBlocks = (pairs: readonly BlockPair[], nested: number): NestedBlock[] =>
  pairs.map(({ labels, matches }) => {
    const units = Math.max(...labels.map(({ length }) => length));
    return { matches: matches.length, groups: Math.max(1, Math.min(nested, Math.floor(units / NESTED_UNITS))) };
  });

function places(pairs: readonly BlockPair[], { alignment, nested }: TestOptions): Test {
  const count = sum(pairs.map(({ inPlace }) => inPlace));
  const sides = [lawBlocks(pairs, 0), lawBlocks(pairs, 1)];
  // Which side's labels say nothing is not known: the larger chance holds for both.
  const lnChance = Math.max(...sides.map((blocks) => lnPlacesBound(blocks, count)));
  const expected = Math.max(
    ...sides.map((blocks) => sum(blocks.map(({ rows, matches }) => (rows ? matches / rows : 0)))),
  );
  const matches = pairs.map((pair) => pair.matches.length);
  const lnNested = nested > 1 ? Math.max(lnChance, lnNestedPlacesBound(nestedBlocks(pairs, nested), count)) : lnChance;
  return { name: 'places', alignment, count, of: sum(matches), expected, lnChance, lnNested };
}

function signs(pairs: readonly BlockPair[], { alignment }: TestOptions): Test | undefined {
  const known = pairs.flatMap((pair) => pair.signs ?? []);
  const of = sum(known.map((one) => one.of));
  if (of === 0) return undefined;
  const count = sum(known.map(({ agreeing }) => agreeing));
  const lnChance = lnSignsTail(of, count);
  return { name: 'signs', alignment, count, of, expected: of / 2, lnChance, lnNested: lnChance };
}

function order(pairs: readonly BlockPair[], { alignment, nested }: TestOptions): Test {
  const count = sum(pairs.map(({ inOrder }) => inOrder));
  const matches = pairs.map((pair) => pair.matches.length);
  const lnChance = lnOrderBound(matches, count);
  const lnNested = nested > 1 ? Math.max(lnChance, lnNestedOrderBound(nestedBlocks(pairs, nested), count)) : lnChance;
  return { name: 'order', alignment, count, of: sum(matches), expected: undefined, lnChance, lnNested };
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

export interface TestOptions {
  alignment: Alignment;
  /** Nested groups of labels that a block may have; 1 where none are known of its kind. */
  nested: number;
}

/**
 * All tests of a group by one alignment. Which pairs are left out was decided by looking at labels, so each test reports the larger of the
 * chances with and without them: it is valid whichever of the two suppositions is true. Where the labels of all pairs follow a pattern,
 * places and order are not tested.
 */
export function testsOf({ all, free, placed }: Selections, options: TestOptions): Test[] {
  const ofPlaces = placed.length > 0 ? [places, order].map((test) => larger([placed, free, all], options, test)) : [];
  const ofSigns = free.length > 0 ? [larger([free, all], options, signs)] : [];
  return [...ofPlaces, ...ofSigns].filter((test) => test !== undefined);
}

function larger(
  selections: readonly (readonly BlockPair[])[],
  options: TestOptions,
  test: (pairs: readonly BlockPair[], options: TestOptions) => Test | undefined,
): Test | undefined {
  const tests = selections.map((pairs) => test(pairs, options)).filter((one) => one !== undefined);
  const [most] = tests.toSorted((a, b) => b.lnChance - a.lnChance);
  return most && { ...most, lnNested: Math.max(...tests.map(({ lnNested }) => lnNested)) };
}

/** ln of the chance that the best of these comes out so, of the chances of several tests: each may be the best. */
const lnLeast = (lnChances: readonly number[]): number =>
  lnChances.length === 0 ? 0 : Math.min(0, Math.min(...lnChances) + log64(lnChances.length));

export const lnBest = (tests: readonly Test[]): number => lnLeast(tests.map(({ lnChance }) => lnChance));
export const lnBestNested = (tests: readonly Test[]): number => lnLeast(tests.map(({ lnNested }) => lnNested));
