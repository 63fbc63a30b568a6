// The interface of engines: tensors with shapes, weights, and operations by name. Models and training are written against it.
// How tensors lie in memory, how weights are packed, what runs on which thread: each engine's own affair.

import type { Seed } from './philox.ts';

export type Kind = 'f32' | 'i32' | 'f64';

/** A vector or a matrix in an engine's memory, row-major. */
export interface Tensor {
  readonly kind: Kind;
  readonly shape: readonly number[];
  /** A view of `count` of its rows (of its first dimension) from `first` on. */
  rows(first: number, count: number): Tensor;
  /** A view of `count` of its elements from `first` on, without rows. */
  elements(first: number, count: number): Tensor;
  /** A view of all its elements as rows of another length. */
  cut(columns: number): Tensor;
}

/** What is done with a weight; an engine lays it out by that. */
export interface Uses {
  /** `embedding` reads rows of it. */
  lookedUp?: boolean;
  /** `linear` and the head multiply by it. */
  multiplied?: boolean;
  /** Its values change; those of another come by `load` once. */
  trained?: boolean;
}

/** Whether a weight has values to see: all do but those that are only multiplied and stay as they are. */
export const hasValues = ({ lookedUp, multiplied, trained }: Uses): boolean =>
  trained === true || lookedUp === true || !multiplied;

export interface Weight {
  /** [N, K] of a matrix, as Hugging Face stores it: y = x wT. */
  readonly shape: readonly number[];
  /** Its values. A weight that is only multiplied has none: an engine keeps it as it likes. */
  readonly values: Tensor;
}

/** Memory of an engine. All of it is declared before the first operation runs. */
interface Memory {
  /** Values are undefined until something writes them. */
  tensor(shape: readonly number[], kind?: Kind): Tensor;
  weight(shape: readonly number[], uses: Uses): Weight;
  /** Has `read` fill in all values of a weight. */
  load(weight: Weight, read: (values: Float32Array) => void): void;
  /** Writes all values of a tensor. */
  set(tensor: Tensor, values: ArrayLike<number>): void;
  // Views of what a tensor holds. Who writes through one does it before the next operation.
  floats(tensor: Tensor): Float32Array;
  ints(tensor: Tensor): Int32Array;
  doubles(tensor: Tensor): Float64Array;
  /** In memory that other threads may share, and that does not move. */
  bytes(tensor: Tensor): Uint8Array;
}

/** Rows of x as rows of a table. */
export interface Embedding {
  /** i32 [M], each below V: they are checked where they enter. */
  tokens: Tensor;
  /** [V, D] */
  table: Weight;
  /** [M, D] */
  x: Tensor;
}

export interface EmbeddingBackward {
  tokens: Tensor;
  dx: Tensor;
  /** [V, D]: each row of dx is added to its token's, in the order of rows. */
  dTable: Tensor;
}

/** y = x * inv * weight, inv = 1 / sqrt(mean(x^2) + eps) of each row. */
export interface Norm {
  /** [M, D] */
  x: Tensor;
  /** [D] */
  weight: Tensor;
  eps: number;
  /** [M, D]; may be x. */
  y: Tensor;
  /** [M], for the backward pass. */
  inv: Tensor;
}

export interface NormBackward {
  dy: Tensor;
  x: Tensor;
  weight: Tensor;
  inv: Tensor;
  /** [M, D], added to what is there. */
  dx: Tensor;
  /** [D], its chains go on from what is there. */
  dWeight: Tensor;
}

/** Linear layers on one input, in this order. */
export interface Linear {
  /** [M, K] */
  x: Tensor;
  layers: readonly {
    /** [N, K] */
    weight: Weight;
    /** [M, N]: y = from + x wT, each element one chain. */
    y: Tensor;
    /** [M, N], where the chains start; +0 by default. May be y. */
    from?: Tensor;
    /** [N], where the chains of each row start, instead of `from`. */
    bias?: Tensor | undefined;
  }[];
}

export interface LinearBackward {
  x: Tensor;
  layers: readonly {
    weight: Weight;
    /** [M, N] */
    dy: Tensor;
    /** [N, K], its chains go on from what is there. */
    dWeight: Tensor;
    /** [N], its chains go on from what is there: dy added up in the order of rows. */
    dBias?: Tensor | undefined;
  }[];
  /** [M, K], written: chains over the layers in this order. Must not be one of the dy. */
  dx: Tensor;
}

/** Rotary embedding of the heads of x, in place. Row m stands at position `first` + m mod `length`. */
export interface Rope {
  /** [M, heads * headDim] */
  x: Tensor;
  /** [positions, headDim / 2] each, as `ropeTable` makes them. */
  cos: Tensor;
  sin: Tensor;
  first: number;
  length: number;
}

/** Causal attention of sequences of one length; H query heads share G key-value heads. */
export interface Attention {
  /** [B * (T - start), H * headDim]: the queries of the positions from `start` on. */
  q: Tensor;
  /** [B * T, G * headDim] */
  k: Tensor;
  v: Tensor;
  /** As q. */
  o: Tensor;
  sequences: number;
  headDim: number;
  /** 0 by default. */
  start?: number;
}

export interface AttentionBackward {
  dO: Tensor;
  o: Tensor;
  q: Tensor;
  k: Tensor;
  v: Tensor;
  /** Written. */
  dq: Tensor;
  dk: Tensor;
  dv: Tensor;
  sequences: number;
  headDim: number;
}

/** y = silu(gate) * up, element by element. y may be gate. */
export interface Swiglu {
  gate: Tensor;
  up: Tensor;
  y: Tensor;
}

/** dGate may be gate, dUp may be up. */
export interface SwigluBackward {
  dy: Tensor;
  gate: Tensor;
  up: Tensor;
  dGate: Tensor;
  dUp: Tensor;
}

/** Logits against targets, without the logits. */
export interface HeadLosses {
  /** [M, D] */
  x: Tensor;
  /** [V, D] */
  weight: Weight;
  /** i32 [M], each below V. */
  targets: Tensor;
  /** f64 [M], nats. */
  losses: Tensor;
  /** i32 [M]: 1 where the target's logit is the first of the largest, else 0. */
  isGreedy?: Tensor;
}

/** The same with gradients of the mean loss over a step's targets. */
export interface HeadBackward {
  x: Tensor;
  weight: Weight;
  targets: Tensor;
  losses: Tensor;
  /** Targets of the whole step. */
  targetsInStep: number;
  /** [M, D], written. */
  dx: Tensor;
  /** [V, D], its chains go on from what is there. */
  dWeight: Tensor;
}

/** sums[i] = the squares of elements [4096 i, 4096 (i + 1)), added up: a block of the gradient norm. */
export interface Squares {
  g: Tensor;
  /** [squareBlocks(elements of g)] */
  sums: Tensor;
}

/** One update, in place; all four tensors of one shape. */
export interface AdamW {
  w: Tensor;
  g: Tensor;
  m: Tensor;
  v: Tensor;
  learningRate: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  eps: number;
  /** Factor on the gradient. */
  clip: number;
  /** Counted from 1. */
  step: number;
}

/** Normal numbers of deviation `std`; the stream follows from the name. */
export interface Random {
  target: Tensor;
  name: string;
  seed: Seed;
  std: number;
}

/**
 * docs/arithmetic.md defines the bits of each. An operation writes the elements of its outputs and nothing else. An output may be
 * an input only where that is said.
 */
export interface Operations {
  embedding(of: Embedding): void;
  embeddingBackward(of: EmbeddingBackward): void;
  norm(of: Norm): void;
  normBackward(of: NormBackward): void;
  linear(of: Linear): void;
  linearBackward(of: LinearBackward): void;
  rope(of: Rope): void;
  /** The inverse rotation, of a gradient. */
  ropeBackward(of: Rope): void;
  attention(of: Attention): void;
  attentionBackward(of: AttentionBackward): void;
  swiglu(of: Swiglu): void;
  swigluBackward(of: SwigluBackward): void;
  headLosses(of: HeadLosses): void;
  headBackward(of: HeadBackward): void;
  squares(of: Squares): void;
  adamw(of: AdamW): void;
  random(of: Random): void;
  /** target = target + source. */
  add(of: { target: Tensor; source: Tensor }): void;
  fill(of: { target: Tensor; value: number }): void;
  copy(of: { target: Tensor; source: Tensor }): void;
}

/** Time and work of one kind of operation. */
export interface Timing {
  calls: number;
  milliseconds: number;
  flops: number;
}

export interface Engine extends Memory, Operations {
  readonly threads: number;
  /** Columns of the tiles that products are made of, where an engine has such. */
  readonly tile?: number;
  /** By operation, filled while it is there. */
  timings: Map<string, Timing> | undefined;
  /** GFLOP/s that this engine could reach at most on this machine. */
  measurePeak(): number;
  /** Ends its threads. */
  close(): void;
}

/** What an engine is opened for: it is planned with what this declares and runs, and has room for that and no more. */
export interface Program<T> {
  declare(engine: Engine): T;
  /** The largest work that will be asked for, in shapes: it reads no values. */
  exercise(declared: T): void;
  /** For the error of a program that is too large: what it is, and what to lower. */
  what: string;
  hint: string;
}

/** Elements of a block of the gradient norm. */
const SQUARE_BLOCK = 4096;

/** Blocks of the gradient norm in a tensor of `count` elements. */
export const squareBlocks = (count: number): number => Math.ceil(count / SQUARE_BLOCK);

export function elementsOf(shape: readonly number[]): number {
  let count = 1;
  for (const n of shape) count *= n;
  return count;
}
