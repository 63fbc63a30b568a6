// The sizes that the tensors of an operation have in common. Tensors that do not fit each other are a bug of the caller: an Error.

import {
  type Attention,
  type AttentionBackward,
  type CachedAttention,
  type Embedding,
  type EmbeddingBackward,
  elementsOf,
  type HeadBackward,
  type HeadLosses,
  type Kind,
  type Linear,
  type LinearBackward,
  type MuonMatrix,
  type Norm,
  type NormBackward,
  type Rope,
  squareBlocks,
  type Tensor,
} from './engine.ts';

/** Throws an Error for a tensor of another kind or shape. */
function expectShape(tensor: Tensor, name: string, kind: Kind, shape: readonly number[]): void {
  if (tensor.kind === kind && tensor.shape.length === shape.length && shape.every((n, i) => tensor.shape[i] === n))
    return;
  throw new Error(`${name} is ${tensor.kind} [${tensor.shape}], not ${kind} [${shape}]`);
}

const rowsAndColumns = ({ shape }: { shape: readonly number[] }, name: string): [rows: number, columns: number] => {
  if (shape.length !== 2) throw new Error(`${name} is [${shape}], not a matrix`);
  return [shape[0]!, shape[1]!];
};

const vectorLength = ({ shape }: Tensor, name: string): number => {
  if (shape.length !== 1) throw new Error(`${name} is [${shape}], not a vector`);
  return shape[0]!;
};

export function embeddingShape({ tokens, table, x }: Omit<Embedding, 'table'> & { table: Pick<Tensor, 'shape'> }) {
  const [V, D] = rowsAndColumns(table, 'table');
  const M = vectorLength(tokens, 'tokens');
  expectShape(tokens, 'tokens', 'i32', [M]);
  expectShape(x, 'x', 'f32', [M, D]);
  return { M, V, D };
}

export function embeddingBackwardShape({ tokens, dx, dTable }: EmbeddingBackward) {
  return embeddingShape({ tokens, table: { shape: dTable.shape }, x: dx });
}

export function normShape({ x, weight, y, inv }: Omit<Norm, 'eps'>) {
  const [M, D] = rowsAndColumns(x, 'x');
  expectShape(weight, 'weight', 'f32', [D]);
  expectShape(y, 'y', 'f32', [M, D]);
  expectShape(inv, 'inv', 'f32', [M]);
  return { M, D };
}

export function normBackwardShape({ dy, x, weight, inv, dx, dWeight }: NormBackward) {
  const { M, D } = normShape({ x, weight, inv, y: dx });
  expectShape(dy, 'dy', 'f32', [M, D]);
  expectShape(dWeight, 'dWeight', 'f32', [D]);
  return { M, D };
}

/** N of a layer is `weight.shape[0]`. */
export function linearShape({ x, layers }: Linear) {
  const [M, K] = rowsAndColumns(x, 'x');
  for (const { weight, y, from, bias } of layers) {
    const [N] = rowsAndColumns(weight, 'weight');
    if (weight.shape[1] !== K) throw new Error(`weight is [${weight.shape}], x has ${K} columns`);
    expectShape(y, 'y', 'f32', [M, N]);
    if (from) expectShape(from, 'from', 'f32', [M, N]);
    if (bias) expectShape(bias, 'bias', 'f32', [N]);
    if (from && bias) throw new Error('chains start at `from` or at `bias`, not at both');
  }
  return { M, K };
}

export function linearBackwardShape({ x, layers, dx }: LinearBackward) {
  const { M, K } = linearShape({ x, layers: layers.map(({ weight, dy }) => ({ weight, y: dy })) });
  for (const { weight, dWeight, dBias } of layers) {
    expectShape(dWeight, 'dWeight', 'f32', [weight.shape[0]!, K]);
    if (dBias) expectShape(dBias, 'dBias', 'f32', [weight.shape[0]!]);
  }
  expectShape(dx, 'dx', 'f32', [M, K]);
  return { M, K };
}

export function ropeShape({ x, cos, sin, positions }: Rope) {
  const [M, columns] = rowsAndColumns(x, 'x');
  const [P, half] = rowsAndColumns(cos, 'cos');
  expectShape(sin, 'sin', 'f32', [P, half]);
  expectShape(positions, 'positions', 'i32', [M]);
  const heads = columns / (2 * half);
  if (!Number.isInteger(heads)) throw new Error(`${columns} columns are not heads of ${2 * half}`);
  return { M, heads, headDim: 2 * half };
}

/** M rows; H query heads, G key-value heads of `headDim`. */
export function attentionShape({ q, k, v, o, lengths, headDim }: Attention) {
  const [M, across] = rowsAndColumns(q, 'q');
  const [keys, acrossKeys] = rowsAndColumns(k, 'k');
  expectShape(v, 'v', 'f32', [keys, acrossKeys]);
  expectShape(o, 'o', 'f32', [M, across]);
  const [H, G] = [across / headDim, acrossKeys / headDim];
  if (![H, G, H / G].every(Number.isInteger) || M !== keys)
    throw new Error(`q [${q.shape}] and k [${k.shape}] are not the same rows in heads of ${headDim}`);
  let rows = 0;
  for (const length of lengths) {
    if (!Number.isInteger(length) || length < 1) throw new Error(`no sequence has ${length} rows`);
    rows += length;
  }
  if (rows !== M) throw new Error(`sequences of ${rows} rows together do not fill ${M}`);
  return { M, H, G };
}

/** M rows; H query heads, G key-value heads. */
export function cachedAttentionShape({ q, k, v, o, pages, spans }: CachedAttention) {
  const { count, positions, keyValueHeads: G, headDim } = pages;
  const [M, across] = rowsAndColumns(q, 'q');
  const H = across / headDim;
  expectShape(k, 'k', 'f32', [M, G * headDim]);
  expectShape(v, 'v', 'f32', [M, G * headDim]);
  expectShape(o, 'o', 'f32', [M, across]);
  if (!Number.isInteger(H / G)) throw new Error(`q [${q.shape}] does not have heads of ${headDim}, a multiple of ${G}`);
  for (const { first, length, start, pages: numbers } of spans) {
    if (first < 0 || length < 1 || first + length > M) throw new Error(`no rows ${first} + ${length} of ${M}`);
    const needed = Math.ceil((start + length) / positions);
    if (start < 0 || numbers.length < needed)
      throw new Error(`${numbers.length} pages for ${length} positions from ${start} on`);
    for (let i = 0; i < needed; i++) if (!(numbers[i]! < count)) throw new Error(`no page ${numbers[i]} of ${count}`);
  }
  return { M, H, G };
}

export function attentionBackwardShape({ dO, o, q, k, v, dq, dk, dv, lengths, headDim }: AttentionBackward) {
  const shape = attentionShape({ q, k, v, o, lengths, headDim });
  const { M, H, G } = shape;
  for (const tensor of [dO, dq]) expectShape(tensor, 'dO or dq', 'f32', [M, H * headDim]);
  for (const tensor of [dk, dv]) expectShape(tensor, 'dk or dv', 'f32', [M, G * headDim]);
  return shape;
}

export function headShape({ x, weight, targets, losses, isGreedy }: HeadLosses) {
  const [M, D] = rowsAndColumns(x, 'x');
  const [V] = rowsAndColumns(weight, 'weight');
  if (weight.shape[1] !== D) throw new Error(`weight is [${weight.shape}], x has ${D} columns`);
  expectShape(targets, 'targets', 'i32', [M]);
  expectShape(losses, 'losses', 'f64', [M]);
  if (isGreedy) expectShape(isGreedy, 'isGreedy', 'i32', [M]);
  return { M, D, V };
}

export function headBackwardShape({ shares, dx, dWeight, ...of }: HeadBackward) {
  const shape = headShape(of);
  expectShape(shares, 'shares', 'f32', [shape.M]);
  expectShape(dx, 'dx', 'f32', [shape.M, shape.D]);
  expectShape(dWeight, 'dWeight', 'f32', [shape.V, shape.D]);
  return shape;
}

/** The number of elements of each tensor. Throws an Error where they differ in it, or are not of this kind. */
export function sameElements(tensors: readonly Tensor[], kind: Kind = 'f32'): number {
  const count = elementsOf(tensors[0]!.shape);
  for (const tensor of tensors) {
    if (tensor.kind !== kind) throw new Error(`a tensor of ${tensor.kind}, not of ${kind}`);
    if (elementsOf(tensor.shape) !== count)
      throw new Error(`tensors of ${count} elements and of shape [${tensor.shape}]`);
  }
  return count;
}

export function muonShape({ w, g, m }: MuonMatrix) {
  const [R, C] = rowsAndColumns(w, 'w');
  for (const tensor of [w, g, m]) expectShape(tensor, 'w, g or m', 'f32', [R, C]);
  return { R, C };
}

export function squaresShape(g: Tensor, sums: Tensor): number {
  const count = elementsOf(g.shape);
  expectShape(sums, 'sums', 'f32', [squareBlocks(count)]);
  return count;
}
