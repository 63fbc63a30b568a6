// One block of the suspect beside one of the reference: which units match, how many of the pairs have the same label, agree in sign, keep
// their order. Knows no probabilities.

import type { SampledBlock } from '../sketch/index.ts';
import { type Match, mutualNearest, rowsOf, type TieOrder, type Units, unitsOf } from './matching.ts';
import type { Matrix, Products } from './products.ts';

/** What a pair of blocks shows. */
export interface BlockPair {
  suspect: string;
  reference: string;
  layers: [suspect: number, reference: number];
  /** Units of both that could be matched, and their labels. */
  labels: [suspect: Uint32Array, reference: Uint32Array];
  /** Labels of each matched pair. */
  matches: [suspect: number, reference: number][];
  /** Matches whose two labels are one. */
  inPlace: number;
  /** The most matches that stand in the same order on both sides. */
  inOrder: number;
  /** Of the matches with a sign of their own: those that agree. */
  signs: { agreeing: number; of: number } | undefined;
  /** Cosines of units with the same label. */
  cosines: number[];
  /** Cosines of the matched pairs: high for independent models too. */
  matchedCosines: number[];
}

export const matrixOf = (block: SampledBlock, values: Float32Array): Matrix => ({
  rows: block.labels.length,
  columns: block.columns,
  values,
});

function cosineOf(a: Matrix, i: number, b: Matrix, j: number): number {
  let sum = 0;
  for (let c = 0; c < a.columns; c++) sum += a.values[i * a.columns + c]! * b.values[j * b.columns + c]!;
  return sum;
}

/** Matches of which two units of one side look more alike than this, and those of the other side too, may have one sign: widened models. */
const ALIKE = 0.3;

/** Of matches whose units look alike on both sides one, chosen without a look at signs: two copies of a unit have the sign of that unit. */
function signMatches(products: Products, { suspect, reference }: Sides, matches: readonly Match[]): Match[] {
  const cosines = [
    rowsOf(
      suspect.units.features,
      matches.map((match) => match.suspect),
    ),
    rowsOf(
      reference.units.features,
      matches.map((match) => match.reference),
    ),
  ].map((rows) => products.multiply(rows, rows).values);
  const kept: number[] = [];
  for (const i of matches.keys())
    if (!kept.some((j) => cosines.every((values) => values[i * matches.length + j]! > ALIKE))) kept.push(i);
  return kept.map((i) => matches[i]!);
}

/** Signs of the cosines of `signed` rows of matched units, in the reference's residual stream. */
function signsOf(products: Products, pair: Sides, matches: readonly Match[]): BlockPair['signs'] {
  const { suspect, reference, map } = pair;
  if (!suspect.block.signed || !reference.block.signed) return undefined;
  const [s, r] = [suspect, reference].map(({ block }) => matrixOf(block, block.signed!())) as [Matrix, Matrix];
  const mapped = map ? products.multiply(s, map) : s;
  let [agreeing, of] = [0, 0];
  for (const match of signMatches(products, pair, matches)) {
    const [i, j] = [suspect.units.kept[match.suspect]!, reference.units.kept[match.reference]!];
    const cosine = cosineOf(mapped, i, r, j);
    if (!(Math.abs(cosine) > 0)) continue;
    of++;
    if (cosine > 0) agreeing++;
  }
  return { agreeing, of };
}

interface Side {
  block: SampledBlock;
  units: Units & { kept: number[] };
}

interface Sides {
  suspect: Side;
  reference: Side;
  /** From the suspect's residual stream into the reference's. */
  map: Matrix | undefined;
}

export interface PairOptions {
  products: Products;
  map: Matrix | undefined;
  /** Independent of each other. */
  orders: readonly [suspect: TieOrder, reference: TieOrder];
}

export function compareBlocks(suspect: SampledBlock, reference: SampledBlock, options: PairOptions): BlockPair {
  const { products, map, orders } = options;
  const side = (block: SampledBlock, order: TieOrder, through?: Matrix): Side => ({
    block,
    units: unitsOf(products, block.labels, matrixOf(block, block.rows()), order, through),
  });
  const sides: Sides = { suspect: side(suspect, orders[0], map), reference: side(reference, orders[1]), map };
  const [s, r] = [sides.suspect.units, sides.reference.units];
  const matches = mutualNearest(products, s, r);
  const labels = matches.map((match): [number, number] => [s.labels[match.suspect]!, r.labels[match.reference]!]);
  const rowOf = new Map([...r.labels].map((label, row) => [label, row]));
  const cosines = [...s.labels].flatMap((label, row) => {
    const other = rowOf.get(label);
    return other === undefined ? [] : [cosineOf(s.features, row, r.features, other)];
  });
  return {
    suspect: suspect.name,
    reference: reference.name,
    layers: [suspect.layer, reference.layer],
    labels: [s.labels, r.labels],
    matches: labels,
    inPlace: labels.filter(([a, b]) => a === b).length,
    inOrder: longestRise(labels.toSorted((a, b) => a[0] - b[0]).map(([, label]) => label)),
    signs: signsOf(products, sides, matches),
    cosines,
    matchedCosines: matches.map(({ cosine }) => cosine),
  };
}

/** The length of the longest rising subsequence, by patience sorting (Fredman 1975): n log n. */
export function longestRise(values: readonly number[]): number {
  /** tails[k]: the least last value of a rising subsequence of length k + 1. */
  const tails: number[] = [];
  for (const value of values) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tails[middle]! < value) low = middle + 1;
      else high = middle;
    }
    tails[low] = value;
  }
  return tails.length;
}
