// How alike two blocks look, whatever their labels: the mean cosine of matched units. It chooses which blocks are compared with each other,
// and no relabelling changes it, so that choice costs no chance.

import type { SampledBlock } from '../sketch/index.ts';
import { matrixOf, type PairOptions } from './blocks.ts';
import { rowLengths } from './lengths.ts';
import { mutualNearest, rowsOf, type TieOrder, type Units, unitsOf } from './matching.ts';
import type { Matrix, Products } from './products.ts';

/** Rows of each block that are looked at: the longest ones, whatever their labels. */
const ROWS = 256;
/** Numbers that are kept of one model at once: 256 MiB. */
const MAX_KEPT = 2 ** 26;

/** At most `most` rows, by their lengths: which ones does not depend on labels. In their order. */
function longestRows(matrix: Matrix, most: number): number[] {
  const all = Array.from({ length: matrix.rows }, (_, i) => i);
  if (matrix.rows <= most) return all;
  const lengths = rowLengths(matrix);
  return all
    .filter((i) => Number.isFinite(lengths[i]))
    .sort((a, b) => lengths[b]! - lengths[a]!)
    .slice(0, most)
    .sort((a, b) => a - b);
}

function longestUnits(products: Products, block: SampledBlock, order: TieOrder, map?: Matrix): Units {
  const rows = matrixOf(block, block.rows());
  const longest = longestRows(rows, ROWS);
  const labels = Uint32Array.from(longest, (row) => block.labels[row]!);
  return unitsOf(products, labels, rowsOf(rows, longest), order, map);
}

/** Parts of a list whose features are kept at once. */
export function tilesOf(blocks: readonly SampledBlock[], rows: number): { start: number; end: number }[] {
  const widest = Math.max(1, ...blocks.map(({ columns }) => columns));
  const each = Math.max(1, Math.floor(MAX_KEPT / (rows * widest)));
  return Array.from({ length: Math.ceil(blocks.length / each) }, (_, i) => ({
    start: i * each,
    end: Math.min(blocks.length, (i + 1) * each),
  }));
}

/** Of each block of the suspect with each of the reference. All blocks of a side have one width. */
export function blockScores(
  suspect: readonly SampledBlock[],
  reference: readonly SampledBlock[],
  { products, map, orders }: PairOptions,
): number[][] {
  const scores = suspect.map(() => new Array<number>(reference.length).fill(0));
  for (const { start, end } of tilesOf(reference, ROWS)) {
    const theirs = reference.slice(start, end).map((block) => longestUnits(products, block, orders[1]));
    for (const [i, block] of suspect.entries()) {
      const units = longestUnits(products, block, orders[0], map);
      for (const [j, other] of theirs.entries()) {
        const matches = mutualNearest(products, units, other);
        const sum = matches.reduce((total, { cosine }) => total + cosine, 0);
        scores[i]![start + j] = matches.length === 0 ? 0 : sum / matches.length;
      }
    }
  }
  return scores;
}

/**
 * Pairs by falling score, each row and each column at most once: indices. `names` are those of rows and columns: of equal scores those with one
 * name are taken first.
 */
export function bestPairs(
  scores: readonly (readonly number[])[],
  [rows, columns]: readonly [readonly (number | string)[], readonly (number | string)[]],
): [row: number, column: number][] {
  const candidates = rows.flatMap((_, i) => columns.map((__, j) => ({ i, j, score: scores[i]![j]! })));
  const isSame = ({ i, j }: { i: number; j: number }): number => Number(rows[i] === columns[j]);
  candidates.sort((a, b) => b.score - a.score || isSame(b) - isSame(a) || a.i - b.i || a.j - b.j);
  const pairs: [number, number][] = [];
  const [usedRows, usedColumns] = [new Set<number>(), new Set<number>()];
  for (const { i, j } of candidates) {
    if (usedRows.has(i) || usedColumns.has(j)) continue;
    usedRows.add(i);
    usedColumns.add(j);
    pairs.push([i, j]);
  }
  return pairs.sort((a, b) => a[0] - b[0]);
}
