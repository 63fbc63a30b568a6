// Rotary embedding: in each head element i turns with element i + d/2, by the angle of its position.

import type { Arithmetic, FloatArray } from './arithmetic.ts';

/** x [M, heads*d], row m at position m mod T; cos, sin [T, d/2] from `ropeTable` -> y [M, heads*d]. */
export function rope(
  A: Arithmetic,
  x: FloatArray,
  M: number,
  T: number,
  heads: number,
  d: number,
  cos: FloatArray,
  sin: FloatArray,
): FloatArray {
  const y = A.array(M * heads * d);
  const half = d / 2;
  for (let m = 0; m < M; m++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < half; i++) {
        const c = cos[(m % T) * half + i];
        const s = sin[(m % T) * half + i];
        const low = (m * heads + h) * d + i;
        const high = low + half;
        y[low] = A.fma(-x[high], s, A.round(x[low] * c));
        y[high] = A.fma(x[low], s, A.round(x[high] * c));
      }
    }
  }
  return y;
}

/** dy [M, heads*d] -> dx [M, heads*d]: the turn back. */
export function ropeBackward(
  A: Arithmetic,
  dy: FloatArray,
  M: number,
  T: number,
  heads: number,
  d: number,
  cos: FloatArray,
  sin: FloatArray,
): FloatArray {
  const dx = A.array(M * heads * d);
  const half = d / 2;
  for (let m = 0; m < M; m++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < half; i++) {
        const c = cos[(m % T) * half + i];
        const s = sin[(m % T) * half + i];
        const low = (m * heads + h) * d + i;
        const high = low + half;
        dx[low] = A.fma(dy[high], s, A.round(dy[low] * c));
        dx[high] = A.fma(-dy[low], s, A.round(dy[high] * c));
      }
    }
  }
  return dx;
}
