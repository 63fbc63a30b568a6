// A model compared with itself: which of its blocks have labels in common, and which blocks have labels that follow a pattern. The laws of
// chance need labels that say nothing; where both models' labels say something, a match in place does not.

import type { SampledBlock } from '../sketch/index.ts';
import { tilesOf } from './block-scores.ts';
import { matrixOf } from './blocks.ts';
import { lnPlacesBound } from './laws.ts';
import { rowLengths } from './lengths.ts';
import { mutualNearest, type TieOrder, type Units, unitsOf } from './matching.ts';
import type { Matrix, Products } from './products.ts';
import { lnPartsBound, lnTrendBound } from './trend.ts';

/** Two blocks whose units stand in the same places more often than this by chance are taken to share their labels. */
const LN_SHARED = Math.log(1e-3);
/** Labels that follow a pattern less often than this by chance are taken to follow it. */
const PATTERN = 1e-4;
/** Rows of each block that are compared with each other block. */
const ROWS = 128;

/** What is known of the labels of a group's blocks. */
export interface LabelKnowledge {
  /** Whether the labels of two blocks, by index, are in common. */
  shared(i: number, j: number): boolean;
  /** By index: whether the block's labels follow a pattern. */
  patterned: boolean[];
}

/** Copies, so that the rest is not kept. */
const first = ({ labels, ranks, features }: Units): Units => ({
  ranks: ranks.slice(0, ROWS),
  labels: labels.slice(0, ROWS),
  features: {
    rows: Math.min(ROWS, features.rows),
    columns: features.columns,
    values: features.values.slice(0, ROWS * features.columns),
  },
});

/** The sum of each row. */
const rowSums = ({ rows, columns, values }: Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) =>
    values.subarray(i * columns, (i + 1) * columns).reduce((sum, value) => sum + value, 0),
  );

/**
 * Numbers of a block's units by which they may have been sorted or grouped, in the order of labels: the lengths and the sums of their rows, the
 * lengths of those whose sign is free. Rows that are not finite have none.
 */
const numbersOf = (block: SampledBlock, rows: Matrix): Float64Array[] =>
  [rowLengths(rows), rowSums(rows), ...(block.signed ? [rowLengths(matrixOf(block, block.signed()))] : [])].map(
    (values) => values.filter(Number.isFinite),
  );

/** By block, from numbers of its units: whether these rise or fall with the labels, or differ between parts of these; all blocks where they do together. */
function sortedBlocks(numbers: readonly (readonly Float64Array[])[]): boolean[] {
  const isSorted = (values: readonly Float64Array[], kinds: number): boolean =>
    Math.min(lnTrendBound(values), lnPartsBound(values)) < Math.log(PATTERN / (2 * kinds));
  const kinds = Math.max(0, ...numbers.map(({ length }) => length));
  const together = Array.from({ length: kinds }, (_, k) => numbers.flatMap((of) => of[k] ?? []));
  if (together.some((values) => isSorted(values, kinds))) return numbers.map(() => true);
  return numbers.map((of) => of.some((values) => isSorted([values], of.length)));
}

/** Whether copies of units, or units much like them, stand at one distance from them. */
function isRepeated(products: Products, units: Units): boolean {
  const n = units.labels.length;
  if (n < 4) return false;
  const cosines = products.multiply(units.features, units.features).values;
  const nearest = Array.from({ length: n }, (_, i) => {
    let best = -1;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const more = best < 0 ? 1 : cosines[i * n + j]! - cosines[i * n + best]!;
      if (more > 0 || (more === 0 && units.ranks[j]! < units.ranks[best]!)) best = j;
    }
    return best;
  });
  const counts = new Map<number, number>();
  for (const [i, j] of nearest.entries()) {
    if (nearest[j] !== i || j < i) continue;
    const distance = Math.abs(units.labels[i]! - units.labels[j]!);
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  // A distance d is that of at most n pairs of labels out of n (n - 1) / 2: of disjoint pairs k have it with at most (2 / (n - 1))^k C(n / 2, k).
  const most = Math.max(0, ...counts.values());
  const lnChance = most * Math.log((Math.E * n) / Math.max(1, most) / (n - 1)) + Math.log(counts.size + 1);
  return most >= 4 && lnChance < Math.log(PATTERN);
}

/** Compares all blocks of a group, of one model, with each other. */
export function labelKnowledge(products: Products, blocks: readonly SampledBlock[], order: TieOrder): LabelKnowledge {
  const read = blocks.map((block) => {
    const rows = matrixOf(block, block.rows());
    const units = unitsOf(products, block.labels, rows, order);
    return { numbers: numbersOf(block, rows), isRepeated: isRepeated(products, units) };
  });
  const sorted = sortedBlocks(read.map(({ numbers }) => numbers));
  const patterned = read.map((one, i) => sorted[i]! || one.isRepeated);
  const shared = new Set<string>();
  const firstUnits = (block: SampledBlock): Units =>
    first(unitsOf(products, block.labels, matrixOf(block, block.rows()), order));
  for (const { start, end } of tilesOf(blocks, ROWS)) {
    const some = blocks.slice(start, end).map(firstUnits);
    for (const [j, block] of blocks.entries()) {
      if (j <= start) continue;
      const b = j < end ? some[j - start]! : firstUnits(block);
      for (const [i, a] of some.slice(0, j - start).entries()) {
        if (a.features.columns !== b.features.columns) continue;
        const pairs = mutualNearest(products, a, b);
        const inPlace = pairs.filter(({ suspect, reference }) => a.labels[suspect] === b.labels[reference]).length;
        const rows = Math.min(a.labels.length, b.labels.length);
        if (lnPlacesBound([{ rows, matches: pairs.length }], inPlace) < LN_SHARED) shared.add(`${start + i} ${j}`);
      }
    }
  }
  return { patterned, shared: (i, j) => shared.has(i < j ? `${i} ${j}` : `${j} ${i}`) };
}
