// Rotary embedding: in each head the pair of elements i and i + d/2 is rotated by an angle of its position.

import type { Arithmetic, FloatArray } from './arithmetic.ts';

/** x [M, heads*d], positions [M]; cos, sin [P, d/2] are from `ropeTable`. */
interface Rotation {
  M: number;
  positions: ArrayLike<number>;
  heads: number;
  d: number;
  cos: FloatArray;
  sin: FloatArray;
}

/** x [M, heads*d] -> y [M, heads*d]. */
export function rope(A: Arithmetic, x: FloatArray, { M, positions, heads, d, cos, sin }: Rotation): FloatArray {
  const y = A.array(M * heads * d);
  const half = d / 2;
  for (let m = 0; m < M; m++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < half; i++) {
        const c = cos[positions[m]! * half + i];
        const s = sin[positions[m]! * half + i];
        const low = (m * heads + h) * d + i;
        const high = low + half;
        y[low] = A.fma(-x[high], s, A.round(x[low] * c));
        y[high] = A.fma(x[low], s, A.round(x[high] * c));
      }
    }
  }
  return y;
}

/** dy [M, heads*d] -> dx [M, heads*d]: the inverse rotation, whose sines are negative. Negation is exact. */
export const ropeBackward = (A: Arithmetic, dy: FloatArray, rotation: Rotation): FloatArray =>
  rope(A, dy, { ...rotation, sin: rotation.sin.map((s) => -s) });

/** The positions of rows of sequences of T. */
export const positionsOf = (M: number, T: number): Int32Array => Int32Array.from({ length: M }, (_, m) => m % T);
