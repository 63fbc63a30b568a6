// Which layer of the reference each layer of the suspect looks like. The score knows no labels, so choosing by it costs no chance.

import type { SampledBlock } from '../sketch/index.ts';
import { matrixOf } from './blocks.ts';
import { rowLengths } from './lengths.ts';
import { mutualNearest, rowsOf, type TieOrder, unitsOf } from './matching.ts';
import type { Matrix, Products } from './products.ts';

/** Rows of each block that are looked at for the map: the longest ones, whatever their labels. */
const ROWS = 256;

export interface LayerMap {
  /** For each of the suspect's layers that has a partner, the reference's layer. No layer of the reference is used twice. */
  pairs: ReadonlyMap<number, number>;
  /** Mean cosine of matched units, of each layer of the suspect with each of the reference. */
  scores: { suspect: number[]; reference: number[]; values: number[][] };
}

/** A block of each layer: a layer with several takes its first. */
function firstOfLayers(blocks: readonly SampledBlock[]): Map<number, SampledBlock> {
  const layers = new Map<number, SampledBlock>();
  for (const block of blocks) if (!layers.has(block.layer)) layers.set(block.layer, block);
  return layers;
}

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

function scoresOf(
  products: Products,
  suspect: ReadonlyMap<number, SampledBlock>,
  reference: ReadonlyMap<number, SampledBlock>,
  map: Matrix | undefined,
  orders: readonly [suspect: TieOrder, reference: TieOrder],
): number[][] {
  const unitsOfLayers = (layers: ReadonlyMap<number, SampledBlock>, order: TieOrder, through?: Matrix) =>
    [...layers.values()].map((block) => {
      const rows = matrixOf(block, block.rows());
      const longest = longestRows(rows, ROWS);
      return unitsOf(
        products,
        Uint32Array.from(longest, (row) => block.labels[row]!),
        rowsOf(rows, longest),
        order,
        through,
      );
    });
  const theirs = unitsOfLayers(reference, orders[1]);
  return unitsOfLayers(suspect, orders[0], map).map((units) =>
    theirs.map((other) => {
      const matches = mutualNearest(products, units, other);
      return matches.length === 0 ? 0 : matches.reduce((sum, { cosine }) => sum + cosine, 0) / matches.length;
    }),
  );
}

/** Pairs layers by falling score; of equal ones those with one number first. */
export function mapLayers(
  products: Products,
  suspect: readonly SampledBlock[],
  reference: readonly SampledBlock[],
  { map, orders }: { map: Matrix | undefined; orders: readonly [TieOrder, TieOrder] },
): LayerMap {
  const [ours, theirs] = [firstOfLayers(suspect), firstOfLayers(reference)];
  const values = scoresOf(products, ours, theirs, map, orders);
  const [rows, columns] = [[...ours.keys()], [...theirs.keys()]];
  const candidates = rows.flatMap((layer, i) => columns.map((other, j) => ({ layer, other, score: values[i]![j]! })));
  candidates.sort(
    (a, b) =>
      b.score - a.score ||
      Number(b.layer === b.other) - Number(a.layer === a.other) ||
      a.layer - b.layer ||
      a.other - b.other,
  );
  const pairs = new Map<number, number>();
  const used = new Set<number>();
  for (const { layer, other } of candidates) {
    if (pairs.has(layer) || used.has(other)) continue;
    pairs.set(layer, other);
    used.add(other);
  }
  return { pairs, scores: { suspect: rows, reference: columns, values } };
}
