// One group of blocks of two models side by side: all its tests, by each way to bring the two residual streams together.

import type { GroupKind } from '../anatomy/index.ts';
import { type SampledBlock, type SampledTower, tieOrder } from '../sketch/index.ts';
import { type BlockPair, compareBlocks } from './blocks.ts';
import { type Control, controlsOf } from './controls.ts';
import type { Equality } from './equality.ts';
import {
  type Alignment,
  type IndexedPair,
  independentPairs,
  lnBest,
  lnBestNested,
  type Test,
  testsOf,
} from './group.ts';
import type { Matrix, Products } from './products.ts';
import { type LabelKnowledge, labelKnowledge } from './shared-labels.ts';

/** The dimensions of the residual stream: one block of the whole tower. */
type ComparedKind = GroupKind | 'basis';

/** One layer of a group, for pictures. */
type PlacesOfLayer = Pick<BlockPair, 'layers' | 'inPlace'> & { matches: number };

export interface GroupComparison {
  tower: SampledTower['name'];
  kind: ComparedKind;
  /** Pairs of blocks, and those of them whose labels are free of each other. */
  blocks: number;
  independent: number;
  tests: Test[];
  /** ln of the chance of the best test, for all tests of this group; 0 where nothing was tested. */
  lnChance: number;
  /** The same where units may stand in nested groups. */
  lnNested: number;
  /** Median cosine of units with the same label, by the alignment of the best test; and of how many. */
  strength: { median: number; units: number } | undefined;
  /** Median cosine of matched units, whatever their labels, by the alignment that gives more: high for independent models too. */
  likeness: number | undefined;
  equality: Equality | undefined;
  places: PlacesOfLayer[];
  /** Of the reference's blocks of this group. */
  controls: Control[];
  /** Why there was no test, or not all of them. */
  untested: string[];
}

export interface Aligned {
  name: Alignment;
  map: Matrix | undefined;
}

export interface Work {
  products: Products;
  key: string;
  onPart: (part: string) => void;
  /** False leaves out the controls: no verdict depends on them, and they take most of the time. */
  controls?: boolean;
}

/** How ties are broken on either side. */
export const ordersOf = (key: string, what: string) =>
  [tieOrder(key, `${what}, suspect`), tieOrder(key, `${what}, reference`)] as const;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The largest of several alignments. */
function likenessOf(alignments: readonly (readonly IndexedPair[])[]): number | undefined {
  const medians = alignments
    .map((pairs) => median(pairs.flatMap(({ pair }) => pair.matchedCosines)))
    .filter(Number.isFinite);
  return medians.length > 0 ? Math.max(...medians) : undefined;
}

/** A group that was not tested, and why. */
export const notTested = (
  tower: GroupComparison['tower'],
  kind: GroupComparison['kind'],
  why: string,
): GroupComparison => ({
  tower,
  kind,
  blocks: 0,
  independent: 0,
  tests: [],
  lnChance: 0,
  lnNested: 0,
  strength: undefined,
  likeness: undefined,
  equality: undefined,
  places: [],
  controls: [],
  untested: [why],
});

/**
 * Nested groups of labels that "shares weights" allows for: makers nest the units of an MLP (MatFormer), and dimensions of the residual stream
 * (Matryoshka), in few groups. The dimensions of a head and experts are few, and no maker is known to nest them.
 */
const MOST_NESTED = 8;
const nestedOf = (kind: ComparedKind): number => (kind === 'values' || kind === 'experts' ? 1 : MOST_NESTED);

/** Runs all tests of a group's pairs, by each alignment. */
export function testPairs(
  work: Work,
  blocks: readonly [suspect: readonly SampledBlock[], reference: readonly SampledBlock[]],
  aligned: readonly { with: Aligned; pairs: readonly [number, number][] }[],
  { tower, kind }: Pick<GroupComparison, 'tower' | 'kind'>,
): Omit<GroupComparison, 'equality'> {
  const orders = ordersOf(work.key, `${tower} ${kind}`);
  const [ours, theirs] = blocks.map((list, side) => labelKnowledge(work.products, list, orders[side]!)) as [
    LabelKnowledge,
    LabelKnowledge,
  ];
  const results = aligned.map(({ with: { name, map }, pairs }) => {
    const all = pairs.map(([suspect, reference]): IndexedPair => {
      work.onPart(blocks[0][suspect]!.name);
      const pair = compareBlocks(blocks[0][suspect]!, blocks[1][reference]!, { products: work.products, map, orders });
      return { pair, suspect, reference };
    });
    const free = independentPairs(all, ours, theirs);
    const placed = free.filter(({ suspect, reference }) => !(ours.patterned[suspect] && theirs.patterned[reference]));
    const of = (list: readonly IndexedPair[]): BlockPair[] => list.map(({ pair }) => pair);
    return {
      all,
      free,
      placed,
      tests: testsOf({ all: of(all), free: of(free), placed: of(placed) }, { alignment: name, nested: nestedOf(kind) }),
    };
  });
  const tests = results.flatMap((result) => result.tests);
  const best = results.toSorted((a, b) => lnBest(a.tests) - lnBest(b.tests))[0]!;
  const cosines = best.all.flatMap(({ pair }) => pair.cosines);
  return {
    tower,
    kind,
    blocks: best.all.length,
    independent: best.free.length,
    tests,
    lnChance: lnBest(tests),
    lnNested: lnBestNested(tests),
    strength: cosines.length > 0 ? { median: median(cosines), units: cosines.length } : undefined,
    likeness: likenessOf(results.map(({ all }) => all)),
    places: best.all.map(({ pair }) => ({ layers: pair.layers, inPlace: pair.inPlace, matches: pair.matches.length })),
    controls: work.controls === false ? [] : controlsOf(work.key, blocks[1], { products: work.products, orders }),
    untested: reasons(best),
  };
}

function reasons({ all, free, placed }: Record<'all' | 'free' | 'placed', readonly IndexedPair[]>): string[] {
  const reasons: string[] = [];
  if (free.length < all.length)
    reasons.push(
      `${all.length - free.length} of ${all.length} blocks have the labels of others in both models, and count with them`,
    );
  if (placed.length < free.length)
    reasons.push(
      `places say nothing in ${free.length - placed.length} of ${free.length} blocks: in both models the units are sorted, stand in groups, or repeat`,
    );
  if (all.every(({ pair }) => pair.matches.length === 0))
    reasons.push('no two units could be matched: rows are zero, or equal to others');
  return reasons;
}
