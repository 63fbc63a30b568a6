// AWM as its paper and its published code describe it ("AWM: Accurate Weight-Matrix Fingerprint for Large Language Models", arXiv
// 2510.06738, github.com/LUMIA-Group/AWM), written anew: columns of the two embeddings on shared tokens are assigned to each other by the
// size of their cosines, with signs; the query and key projections, so aligned, are compared by unbiased linear CKA; layer by layer, or
// with an assignment of layers where the numbers differ. The score is the mean.
//
// It names no threshold: its code prints how many standard deviations a score is from that of 90 pairs of independent models of billions of
// parameters. Left out: other spellings of attention than separate q_proj and k_proj, and the kernel that is not linear.

import { type HeldModel, weightOf } from '../lineage-model.ts';
import { assign } from './assignment.ts';

/** Mean and standard deviation of the independent pairs of its makers. */
export const AWM_INDEPENDENT = { mean: 0.00375, deviation: 0.0028 };

/** Ids of the tokens that both models have. */
function sharedIds(a: HeldModel, b: HeldModel): [number, number][] {
  const ids = new Map(b.tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id] as const])));
  return a.tokens.flatMap((token, id): [number, number][] => {
    const other = token === undefined ? undefined : ids.get(token);
    return other === undefined ? [] : [[id, other]];
  });
}

/** Columns of the embedding as rows of length 1, [D, ids]. */
function unitColumns(model: HeldModel, ids: readonly number[]): Float64Array[] {
  const { shape, values } = weightOf(model, 'model.embed_tokens.weight');
  const D = shape[1]!;
  return Array.from({ length: D }, (_, d) => {
    const column = new Float64Array(ids.length);
    for (let t = 0; t < ids.length; t++) column[t] = values[ids[t]! * D + d]!;
    const length = Math.sqrt(dot(column, column)) || 1;
    for (let t = 0; t < ids.length; t++) column[t]! /= length;
    return column;
  });
}

interface Alignment {
  /** For each dimension of the narrower model one of the wider, and its sign. */
  dimensions: Int32Array;
  signs: Float64Array;
}

function align(wide: HeldModel, narrow: HeldModel): Alignment | undefined {
  const ids = sharedIds(wide, narrow);
  if (ids.length === 0) return undefined;
  const of = (model: HeldModel, side: 0 | 1) =>
    unitColumns(
      model,
      ids.map((pair) => pair[side]),
    );
  const [ours, theirs] = [of(wide, 0), of(narrow, 1)];
  const cosines = new Float64Array(theirs.length * ours.length);
  for (const [i, a] of theirs.entries()) {
    for (const [j, b] of ours.entries()) {
      cosines[i * ours.length + j] = dot(a, b);
    }
  }
  const dimensions = assign(
    cosines.map((cosine) => 1 - Math.abs(cosine)),
    theirs.length,
    ours.length,
  );
  const signs = Float64Array.from(dimensions, (j, i) => Math.sign(cosines[i * ours.length + j]!));
  return { dimensions, signs };
}

/** W'W of a projection [out, D], of these dimensions with these signs. */
function gramOf(model: HeldModel, name: string, alignment?: Alignment): Float64Array {
  const { shape, values } = weightOf(model, name);
  const [out, D] = shape as [number, number];
  const n = alignment?.dimensions.length ?? D;
  const columns = Array.from({ length: n }, (_, d) => {
    const [sign, from] = [alignment?.signs[d] ?? 1, alignment?.dimensions[d] ?? d];
    const column = new Float64Array(out);
    for (let o = 0; o < out; o++) column[o] = sign * values[o * D + from]!;
    return column;
  });
  const gram = new Float64Array(n * n);
  for (const [i, a] of columns.entries()) {
    for (let j = 0; j <= i; j++) {
      gram[i * n + j] = dot(a, columns[j]!);
      gram[j * n + i] = gram[i * n + j]!;
    }
  }
  return gram;
}

/** Centred as the unbiased estimate of HSIC needs it (Song et al. 2012), the diagonal zero. */
function centred(gram: Float64Array): Float64Array {
  const n = Math.sqrt(gram.length);
  const off = gram.slice();
  for (let i = 0; i < n; i++) off[i * n + i] = 0;
  const sums = Array.from({ length: n }, (_, i) =>
    off.subarray(i * n, (i + 1) * n).reduce((sum, value) => sum + value, 0),
  );
  const total = sums.reduce((sum, value) => sum + value, 0) / (n - 2);
  const means = sums.map((sum) => sum / (n - 2) - total / (2 * (n - 1)));
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) off[i * n + j]! -= means[i]! + means[j]!;
  return off;
}

function dot(a: Float64Array, b: Float64Array) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Unbiased CKA of two Gram matrices. */
export function unbiasedCka(a: Float64Array, b: Float64Array): number {
  const [x, y] = [centred(a), centred(b)];
  const [xx, yy] = [dot(x, x), dot(y, y)];
  return xx < 1e-8 || yy < 1e-8 ? 0 : dot(x, y) / Math.sqrt(xx * yy);
}

const PROJECTIONS = ['q_proj', 'k_proj'] as const;

/** Of each layer the Gram matrices of its projections. */
const gramsOf = (model: HeldModel, alignment?: Alignment): Float64Array[][] =>
  Array.from({ length: model.config.numHiddenLayers }, (_, layer) =>
    PROJECTIONS.map((name) => gramOf(model, `model.layers.${layer}.self_attn.${name}.weight`, alignment)),
  );

/** The score of a pair: 0 for independent models, 1 for a copy, by its makers' account. */
export function awmScore(a: HeldModel, b: HeldModel): number {
  const [wide, narrow] = a.config.hiddenSize >= b.config.hiddenSize ? [a, b] : [b, a];
  const alignment = align(wide, narrow);
  if (!alignment && wide.config.hiddenSize !== narrow.config.hiddenSize) return Number.NaN;
  const [ours, theirs] = [gramsOf(wide, alignment), gramsOf(narrow)];
  const score = (i: number, j: number) =>
    PROJECTIONS.reduce((sum, _, p) => sum + unbiasedCka(ours[i]![p]!, theirs[j]![p]!), 0) / PROJECTIONS.length;
  const [few, many] = [Math.min(ours.length, theirs.length), Math.max(ours.length, theirs.length)];
  const ofLayers = (i: number, j: number) => (ours.length <= theirs.length ? score(i, j) : score(j, i));
  let partner = Int32Array.from({ length: few }, (_, i) => i);
  if (few !== many) {
    const costs = Float64Array.from({ length: few * many }, (_, at) => -ofLayers(Math.floor(at / many), at % many));
    partner = assign(costs, few, many) as typeof partner;
  }
  return partner.reduce((sum, j, i) => sum + ofLayers(i, j), 0) / few;
}
