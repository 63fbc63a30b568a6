// y = x wᵀ (+ a start), with w [N, K] as Hugging Face stores it. Every element is one chain.

import type { Arithmetic, FloatArray } from './arithmetic.ts';

/** Sizes of x [M, K], w [N, K] and y [M, N], and where the chains of the result start: +0 without `from`. */
interface Product {
  M: number;
  K: number;
  N: number;
  from?: FloatArray | undefined;
}

/** x [M, K], w [N, K] -> y [M, N]; the chains start at `from` [M, N] or at +0. */
export function linear(A: Arithmetic, x: FloatArray, w: FloatArray, { M, K, N, from }: Product): FloatArray {
  const y = A.array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let acc = from ? from[m * N + n] : 0;
      for (let k = 0; k < K; k++) acc = A.fma(x[m * K + k], w[n * K + k], acc);
      y[m * N + n] = acc;
    }
  }
  return y;
}

/** dy [M, N], w [N, K] -> dx [M, K]; the chains over n start at `from` [M, K] or at +0. */
export function linearBackwardInput(
  A: Arithmetic,
  dy: FloatArray,
  w: FloatArray,
  { M, K, N, from }: Product,
): FloatArray {
  const dx = A.array(M * K);
  for (let m = 0; m < M; m++) {
    for (let k = 0; k < K; k++) {
      let acc = from ? from[m * K + k] : 0;
      for (let n = 0; n < N; n++) acc = A.fma(dy[m * N + n], w[n * K + k], acc);
      dx[m * K + k] = acc;
    }
  }
  return dx;
}

/** A bias [n] as the start of the chains of M rows. */
export function repeated(A: Arithmetic, row: FloatArray, M: number): FloatArray {
  const rows = A.array(M * row.length);
  for (let m = 0; m < M; m++) rows.set(row, m * row.length);
  return rows;
}

/** Gradient of a bias: dy [M, N] -> [N], the sums over the rows, starting at `from` [N] or at +0. */
export function columnSums(A: Arithmetic, dy: FloatArray, N: number, from?: FloatArray): FloatArray {
  const sums = A.array(N);
  if (from) sums.set(from);
  for (let i = 0; i < dy.length; i++) sums[i % N] = A.round(sums[i % N] + dy[i]);
  return sums;
}

/** dy [M, N], x [M, K] -> dw [N, K]; the chains over the rows start at `from` [N, K] (an earlier micro-batch) or at +0. */
export function linearBackwardWeight(
  A: Arithmetic,
  dy: FloatArray,
  x: FloatArray,
  { M, K, N, from }: Product,
): FloatArray {
  const dw = A.array(N * K);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      let acc = from ? from[n * K + k] : 0;
      for (let m = 0; m < M; m++) acc = A.fma(dy[m * N + n], x[m * K + k], acc);
      dw[n * K + k] = acc;
    }
  }
  return dw;
}
