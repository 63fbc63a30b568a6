// RMSNorm over rows of D numbers.

import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { rowSumOfProducts } from './elementary.ts';

/** x [M, D], w [D] -> y [M, D] and each row's inverse root mean square, inv [M]. */
export function rmsNorm(
  A: Arithmetic,
  x: FloatArray,
  w: FloatArray,
  { M, D, eps }: { M: number; D: number; eps: number },
): { y: FloatArray; inv: FloatArray } {
  const y = A.array(M * D);
  const inv = A.array(M);
  for (let m = 0; m < M; m++) {
    const row = x.subarray(m * D, (m + 1) * D);
    const mean = A.round(rowSumOfProducts(A, row, row) / D);
    inv[m] = A.round(1 / A.round(Math.sqrt(A.round(mean + A.round(eps)))));
    for (let i = 0; i < D; i++) y[m * D + i] = A.round(A.round(row[i] * inv[m]) * w[i]);
  }
  return { y, inv };
}

interface Backward {
  /** [M, D] */
  dy: FloatArray;
  x: FloatArray;
  /** [D] */
  w: FloatArray;
  /** [M], from `rmsNorm`. */
  inv: FloatArray;
  M: number;
  D: number;
  /** [M, D], is added to the result: the gradient of the residual; +0 by default. */
  dxFrom?: FloatArray;
  /** [D], where the chains of dw start; +0 by default. */
  dwFrom?: FloatArray;
}

/** -> dx [M, D], and dw [D] in chains over the rows. */
export function rmsNormBackward(
  A: Arithmetic,
  { dy, x, w, inv, M, D, dxFrom, dwFrom }: Backward,
): { dx: FloatArray; dw: FloatArray } {
  const dx = A.array(M * D);
  const dw = A.array(D);
  if (dwFrom) dw.set(dwFrom);
  for (let m = 0; m < M; m++) {
    const h = A.array(D);
    const t = A.array(D);
    for (let i = 0; i < D; i++) {
      h[i] = A.round(x[m * D + i] * inv[m]);
      t[i] = A.round(dy[m * D + i] * w[i]);
    }
    const c = A.round(rowSumOfProducts(A, t, h) / D);
    for (let i = 0; i < D; i++) {
      dx[m * D + i] = A.fma(inv[m], A.fma(-h[i], c, t[i]), dxFrom ? dxFrom[m * D + i] : 0);
      dw[i] = A.fma(dy[m * D + i], h[i], dw[i]);
    }
  }
  return { dx, dw };
}
