// Which units of two blocks look most like each other: pairs in which each is the other's nearest, by the cosine of centred rows. What is
// matched does not depend on labels: relabelling a model relabels the pairs, and changes nothing else.

import { sha256 } from '../../ledger/index.ts';
import { centreColumns } from './alignment.ts';
import { limitLengths, rowLengths } from './lengths.ts';
import type { Matrix, Products } from './products.ts';

/** Of units that look so much like each other one stands for all: which of them is matched would be decided by a trifle. */
const CLONE = 0.9;

/** A random place for each label. */
export type TieOrder = (label: number) => number;

/** Units of a block that can be matched. */
export interface Units {
  /** The label of each, and its place in the order in which equal candidates are taken. */
  labels: Uint32Array;
  ranks: Float64Array;
  /** [labels, columns], centred, each of length 1. */
  features: Matrix;
}

export interface Match {
  /** Rows of the features of both sides. */
  suspect: number;
  reference: number;
  cosine: number;
}

/** Scales each row to length 1. In place. */
function normalise(matrix: Matrix): void {
  const { columns, values } = matrix;
  for (const [i, length] of rowLengths(matrix).entries()) {
    const scale = length > 0 ? 1 / length : 0;
    for (let at = i * columns; at < (i + 1) * columns; at++) values[at]! *= scale;
  }
}

/** Copies these rows. */
export function rowsOf({ columns, values }: Matrix, rows: readonly number[]): Matrix {
  const picked = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) picked.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  return { rows: rows.length, columns, values: picked };
}

/** Of each family of equal rows the one whose label is first in `order`; rows that are zero or not finite are left out. */
function distinctRows({ rows, columns, values }: Matrix, rank: (row: number) => number): number[] {
  const seen = new Map<string, number>();
  for (let i = 0; i < rows; i++) {
    const row = values.subarray(i * columns, (i + 1) * columns);
    if (!row.every(Number.isFinite) || row.every((value) => value === 0)) continue;
    const key = sha256(Buffer.from(row.buffer, row.byteOffset, row.byteLength)).toString('latin1');
    const other = seen.get(key);
    if (other === undefined || rank(i) < rank(other)) seen.set(key, i);
  }
  return [...seen.values()].sort((a, b) => a - b);
}

/** Of each family of rows that look much alike the one that is first: indices into `ranks`. `cosines` is square. */
function unlikeRows({ rows, values }: Matrix, ranks: readonly number[]): number[] {
  const order = [...ranks.keys()].sort((a, b) => ranks[a]! - ranks[b]!);
  const isAlike = new Uint8Array(rows);
  for (const [at, i] of order.entries()) {
    if (isAlike[i]) continue;
    for (const j of order.slice(at + 1)) if (values[i * rows + j]! > CLONE) isAlike[j] = 1;
  }
  return [...isAlike.keys()].filter((i) => !isAlike[i]);
}

/**
 * The units of a block whose rows say which they are: not zero, and of those that equal others, or nearly, one; which one is by the keyed
 * `order` of labels. `map` brings rows into another model's residual stream: [columns there, columns here].
 */
export function unitsOf(
  products: Products,
  labels: Uint32Array,
  rows: Matrix,
  order: TieOrder,
  map?: Matrix,
): Units & { kept: number[] } {
  let kept = distinctRows(rows, (row) => order(labels[row]!));
  const seen = (): Matrix => {
    const features = rowsOf(rows, kept);
    limitLengths(features);
    centreColumns(features);
    normalise(features); // before the map: large numbers would overflow
    const mapped = map ? products.multiply(features, map) : features;
    normalise(mapped);
    return mapped;
  };
  let features = seen();
  const unlike = unlikeRows(
    products.multiply(features, features),
    kept.map((row) => order(labels[row]!)),
  );
  if (unlike.length < kept.length) {
    kept = unlike.map((i) => kept[i]!);
    features = seen();
  }
  const own = Uint32Array.from(kept, (row) => labels[row]!);
  return { labels: own, ranks: Float64Array.from(own, order), features, kept };
}

/**
 * Pairs in which each is the other's nearest. Among equals the one that ranks first is taken: the two sides need orders that are independent of
 * each other, or equal units would be matched with the same label more often than by chance.
 */
export function mutualNearest(products: Products, suspect: Units, reference: Units): Match[] {
  const cosines = products.multiply(suspect.features, reference.features);
  const { rows, columns, values } = cosines;
  const [orderOfRows, orderOfColumns] = [suspect.ranks, reference.ranks];
  const bestOfRow = new Int32Array(rows).fill(-1);
  const bestOfColumn = new Int32Array(columns).fill(-1);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const cosine = values[i * columns + j]!;
      const inRow = bestOfRow[i]!;
      const beatsRow =
        inRow < 0 ? 1 : cosine - values[i * columns + inRow]! || orderOfColumns[inRow]! - orderOfColumns[j]!;
      if (beatsRow > 0) bestOfRow[i] = j;
      const inColumn = bestOfColumn[j]!;
      const beatsColumn =
        inColumn < 0 ? 1 : cosine - values[inColumn * columns + j]! || orderOfRows[inColumn]! - orderOfRows[i]!;
      if (beatsColumn > 0) bestOfColumn[j] = i;
    }
  }
  return [...bestOfRow].flatMap((j, i) =>
    j >= 0 && bestOfColumn[j] === i ? [{ suspect: i, reference: j, cosine: values[i * columns + j]! }] : [],
  );
}
