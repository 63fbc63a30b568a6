// Linear layers: y = x wT, its input gradient and its weight gradient. docs/arithmetic.md, "Products".

import { type Engine, fromZero } from '../engine.ts';
import type { Region } from '../layout.ts';

const HEIGHT = 6;
const MOST_ROWS = 96;

/** Scratch bytes a thread needs for products: an edge tile, and a packed chunk of a transposed matrix. */
export const productScratch = 512 + MOST_ROWS * 256 * 4;

/** Floats of packed memory that a [K x N] operand takes. */
export const packedLength = (K: number, N: number): number => K * Math.ceil(N / 16) * 16;

/** A matrix in memory: rows `stride` floats apart. */
export interface Matrix {
  region: Region;
  stride: number;
}

/** Packs B for `product`: B[k, n] at k * stride + n, or at n * stride + k where it lies transposed. */
export function pack(e: Engine, b: Matrix, transposed: boolean, K: number, N: number, packed: Region): void {
  const panels = Math.ceil(N / e.tile) * Math.ceil(K / 256);
  e.run('pack', panels, e.chunkOf(panels), [b.region.at, b.stride * 4, transposed ? 1 : 0, K, N, e.tile, packed.at]);
}

/** C = chain over K of A B from `from` (+0 by default); `transposed`: A[m, k] at k * stride + m. */
export function product(
  e: Engine,
  a: Matrix,
  transposed: boolean,
  packed: Region,
  c: Matrix,
  from: Matrix | undefined,
  M: number,
  N: number,
  K: number,
  label: string,
): void {
  const start = from ? { at: from.region.at, stride: from.stride * 4 } : fromZero;
  const turns = 4 * e.threads;
  const rows = Math.min(MOST_ROWS, Math.max(HEIGHT, Math.ceil(M / turns / HEIGHT) * HEIGHT));
  const rowChunks = Math.ceil(M / rows);
  const columns = Math.max(e.tile, Math.ceil(N / Math.ceil(turns / rowChunks) / e.tile) * e.tile);
  const items = rowChunks * Math.ceil(N / columns);
  const args = [a.region.at, a.stride * 4, packed.at, c.region.at, c.stride * 4, start.at, start.stride];
  e.run('product', items, 1, [...args, M, N, K, e.tile, rows, columns, transposed ? 1 : 0], label, 2 * M * N * K);
}

const dense = (region: Region, stride: number): Matrix => ({ region, stride });

/** y[M, N] = x[M, K] w[N, K]T, each a chain from `from` (+0 by default). `packed` holds packedLength(K, N) floats. */
export function linear(
  e: Engine,
  x: Region,
  w: Region,
  y: Matrix,
  from: Matrix | undefined,
  M: number,
  K: number,
  N: number,
  packed: Region,
): void {
  pack(e, dense(w, K), true, K, N, packed);
  product(e, dense(x, K), false, packed, y, from, M, N, K, 'linear');
}

/** dx[M, K] = dy[M, N] w[N, K], from +0 or, with `accumulate`, from what is there. `packed` holds packedLength(N, K) floats. */
export function linearBackwardInput(
  e: Engine,
  dy: Matrix,
  w: Region,
  dx: Region,
  accumulate: boolean,
  M: number,
  K: number,
  N: number,
  packed: Region,
): void {
  pack(e, dense(w, K), false, N, K, packed);
  product(e, dy, false, packed, dense(dx, K), accumulate ? dense(dx, K) : undefined, M, K, N, 'linearBackwardInput');
}

/**
 * Several layers on one input: each dw[N, K] continues its chain over the M rows of its dy[M, N] and of x[M, K].
 * `packed` holds packedLength(M, K) floats.
 */
export function linearBackwardWeight(
  e: Engine,
  layers: readonly { dy: Matrix; dw: Region; N: number }[],
  x: Region,
  M: number,
  K: number,
  packed: Region,
): void {
  pack(e, dense(x, K), false, M, K, packed);
  for (const { dy, dw, N } of layers) {
    product(e, dy, true, packed, dense(dw, K), dense(dw, K), N, K, M, 'linearBackwardWeight');
  }
}
