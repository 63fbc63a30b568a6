// The interface of engines: tensors with shapes, weights, and operations by name. Models and training are written against it.
// Each engine decides how tensors lie in memory, how weights are packed, and what runs on which thread.

import type { Seed } from './philox.ts';

export type Kind = 'f32' | 'i32' | 'f64';

/** A vector or a matrix in an engine's memory, row-major. */
export interface Tensor {
  readonly kind: Kind;
  readonly shape: readonly number[];
  /** A view of `count` rows (of the first dimension) from `first` on. */
  rows(first: number, count: number): Tensor;
  /** A view of `count` elements from `first` on, as a vector. */
  elements(first: number, count: number): Tensor;
  /** A view of all elements as a matrix with this number of columns. */
  asRows(columns: number): Tensor;
}

/** How a weight is used; an engine chooses its layout by this. */
export interface WeightUses {
  /** `embedding` reads rows of it. */
  lookedUp?: boolean;
  /** `linear` and the head multiply by it. */
  multiplied?: boolean;
  /** Its values change. Those of a constant weight are set once, by `load`. */
  trained?: boolean;
  /** Its values are signed bytes with a scale for each 32 of a row, and stay so; `loadBlocks` sets them once. A matrix, K a multiple of 32. */
  q8?: boolean;
}

/** Whether the values of a weight can be read. A constant weight that is only multiplied has none, nor has one of bytes. */
export const hasValues = ({ lookedUp, multiplied, trained, q8 }: WeightUses): boolean =>
  !q8 && (trained === true || lookedUp === true || !multiplied);

/** Values of a block of a weight of bytes, and bytes that it takes where it is stored: a scale in binary16, then a signed byte for each. */
export const Q8 = { block: 32, bytes: 34 };

export interface Weight {
  /** [N, K] for a matrix, as Hugging Face stores it: y = x wT. */
  readonly shape: readonly number[];
  /** Throws an Error where `hasValues` is false: an engine then keeps the weight in its own layout. */
  readonly values: Tensor;
}

/** Memory of an engine. All of it is declared before the first operation. */
interface Memory {
  /** Values are undefined until they are written. */
  tensor(shape: readonly number[], kind?: Kind): Tensor;
  weight(shape: readonly number[], uses: WeightUses): Weight;
  pages(of: KeyValuePages): KeyValuePages;
  /** Copies all of a page. */
  copyPage(pages: KeyValuePages, from: number, to: number): void;
  /** Calls `read` to fill in all values of a weight. */
  load(weight: Weight, read: (values: Float32Array) => void): void;
  /**
   * Calls `read` for parts that together are all of a weight of bytes: whole rows from row `first` on, a row as K / 32 blocks of `Q8.bytes`.
   * Scales are finite.
   */
  loadBlocks(weight: Weight, read: (first: number, blocks: Uint8Array) => void): void;
  /** Writes all values of a tensor. */
  set(tensor: Tensor, values: ArrayLike<number>): void;
  // Views of a tensor's values. Writes through a view must be done before the next operation.
  floats(tensor: Tensor): Float32Array;
  ints(tensor: Tensor): Int32Array;
  doubles(tensor: Tensor): Float64Array;
  /** A view in shared memory, which does not move. */
  bytes(tensor: Tensor): Uint8Array;
}

/** Each row of x becomes a row of a table. */
export interface Embedding {
  /** i32 [M], each below V. Callers check this. */
  tokens: Tensor;
  /** [V, D] */
  table: Weight;
  /** [M, D] */
  x: Tensor;
}

export interface EmbeddingBackward {
  tokens: Tensor;
  dx: Tensor;
  /** [V, D]: each row of dx is added to the row of its token, in the order of rows. */
  dTable: Tensor;
}

/** y = x * inv * weight, with inv = 1 / sqrt(mean(x^2) + eps) of each row. */
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
  /** [M, D], added to its old values. */
  dx: Tensor;
  /** [D], continues its chains. */
  dWeight: Tensor;
}

/** Linear layers on one input. The products of a weight of bytes are those of arithmetic 2. */
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
    /** [N, K], continues its chains. */
    dWeight: Tensor;
    /** [N], continues its chains: the sums of dy in the order of rows. */
    dBias?: Tensor | undefined;
  }[];
  /** [M, K], overwritten: chains over the layers in this order. Must not be one of the dy. */
  dx: Tensor;
}

/** Rotary embedding of the heads of x, in place. */
export interface Rope {
  /** [M, heads * headDim] */
  x: Tensor;
  /** [P, headDim / 2] each, as `ropeTable` makes them. */
  cos: Tensor;
  sin: Tensor;
  /** i32 [M], each below P. Callers check this. */
  positions: Tensor;
}

/** Causal attention within sequences, whose rows lie one after another; H query heads share G key-value heads. */
export interface Attention {
  /** [M, H * headDim] */
  q: Tensor;
  /** [M, G * headDim] */
  k: Tensor;
  v: Tensor;
  /** Same shape as q. */
  o: Tensor;
  /** Rows of each sequence, at least 1; M together. */
  lengths: readonly number[];
  headDim: number;
}

/** Room for keys and values of positions, in pages: an engine packs them as its attention reads them. */
export interface KeyValuePages {
  readonly count: number;
  /** Positions of a page. */
  readonly positions: number;
  /** G */
  readonly keyValueHeads: number;
  readonly headDim: number;
}

/** Consecutive positions of one sequence: rows [first, first + length). */
export interface CachedSpan {
  first: number;
  length: number;
  /** Position of the first row. */
  start: number;
  /** The sequence's pages, each a number below `count`: at least those of positions [0, start + length). */
  pages: readonly number[];
}

/**
 * Causal attention of spans over all positions of their sequences so far. The keys and values of all rows go into the pages first, so
 * a span may read what another one of the same call has written; no two rows may have the same place.
 */
export interface CachedAttention {
  /** [M, H * headDim] */
  q: Tensor;
  /** [M, G * headDim] */
  k: Tensor;
  v: Tensor;
  /** Same shape as q; only the rows of spans are written. */
  o: Tensor;
  pages: KeyValuePages;
  spans: readonly CachedSpan[];
}

export interface AttentionBackward {
  dO: Tensor;
  o: Tensor;
  q: Tensor;
  k: Tensor;
  v: Tensor;
  /** dq, dk and dv are overwritten. */
  dq: Tensor;
  dk: Tensor;
  dv: Tensor;
  lengths: readonly number[];
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

/** Losses of logits against targets; the logits themselves are not kept. */
export interface HeadLosses {
  /** [M, D] */
  x: Tensor;
  /** [V, D] */
  weight: Weight;
  /** i32 [M], each below V; -1 for a row without a target. */
  targets: Tensor;
  /** f64 [M], nats; +0 where there is no target. */
  losses: Tensor;
  /** i32 [M]: 1 where the target's logit is the first of the largest, else 0. */
  isGreedy?: Tensor;
}

/** y = exp((x - the largest x) * scale): how likely each of x is beside the likeliest, in a distribution that `scale` sharpens. */
export interface Exponentials {
  /** [V] */
  x: Tensor;
  /** Rounded to binary32. */
  scale: number;
  /** [V] */
  y: Tensor;
  /** [1]: rowSum(y) */
  sum: Tensor;
}

/** `HeadLosses` with the gradients of the sum of all losses, each times the share of its row. A row without a target has none. */
export interface HeadBackward {
  x: Tensor;
  weight: Weight;
  targets: Tensor;
  losses: Tensor;
  /** [M] */
  shares: Tensor;
  /** [M, D], overwritten. */
  dx: Tensor;
  /** [V, D], continues its chains. */
  dWeight: Tensor;
}

/** sums[i] = the sum of squares of elements [4096 i, 4096 (i + 1)): a block of the gradient norm. */
export interface Squares {
  g: Tensor;
  /** [squareBlocks(elements of g)] */
  sums: Tensor;
}

/** One update, in place; all four tensors have one shape. */
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
  /** Factor of the gradient. */
  clip: number;
  /** Counted from 1. */
  step: number;
}

/** Weight, gradient and momentum of a matrix [R, C]. */
export interface MuonMatrix {
  w: Tensor;
  g: Tensor;
  m: Tensor;
}

/** One update of each matrix, in place: its momentum, orthogonalised. Matrices of one shape may be worked on together. */
export interface Muon {
  matrices: readonly MuonMatrix[];
  learningRate: number;
  weightDecay: number;
  momentum: number;
  /** Factor of the gradient. */
  clip: number;
}

/** Normal random numbers with standard deviation `std`; the name selects the stream. */
export interface Random {
  target: Tensor;
  name: string;
  seed: Seed;
  std: number;
}

/**
 * docs/arithmetic.md defines the bits of each. An operation writes the elements of its outputs and nothing else. An output may be
 * the same tensor as an input only where its comment says so.
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
  cachedAttention(of: CachedAttention): void;
  swiglu(of: Swiglu): void;
  swigluBackward(of: SwigluBackward): void;
  headLosses(of: HeadLosses): void;
  headBackward(of: HeadBackward): void;
  exponentials(of: Exponentials): void;
  squares(of: Squares): void;
  adamw(of: AdamW): void;
  muon(of: Muon): void;
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
  /** Columns of the tiles of products, in an engine that has tiles. */
  readonly tile?: number;
  /** Neighbouring numbers of a row that its tiles of q8_0 multiply at once: 2 or 4. Changes no bit. */
  readonly q8Group?: 2 | 4;
  /** By operation. Recorded while it is a Map. */
  timings: Map<string, Timing> | undefined;
  /** Measures the GFLOP/s that this engine can reach at most on this machine. */
  measurePeak(): number;
  /** Ends its threads. */
  close(): void;
}

/** The program that an engine is opened for. The engine has memory for what it declares and exercises, and no more. */
export interface Program<T> {
  declare(engine: Engine): T;
  /** Runs the largest work that the program will do. Only shapes count: it reads no values. */
  exercise(declared: T): void;
  /** `input` and `hint` of the error `too-large`. */
  description: string;
  hint: string;
}

/** Elements in a block of the gradient norm. */
const SQUARE_BLOCK = 4096;

/** Blocks of the gradient norm in a tensor of `count` elements. */
export const squareBlocks = (count: number): number => Math.ceil(count / SQUARE_BLOCK);

export const elementsOf = (shape: readonly number[]): number => shape.reduce((count, n) => count * n, 1);
