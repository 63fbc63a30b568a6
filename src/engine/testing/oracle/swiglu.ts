// SwiGLU: silu(gate) * up, element by element.

import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { sigmoid } from './elementary.ts';

/** g, u [n] -> y [n]. */
export function swiglu(A: Arithmetic, g: FloatArray, u: FloatArray): FloatArray {
  const y = A.array(g.length);
  for (let i = 0; i < g.length; i++) y[i] = A.round(A.round(g[i] * sigmoid(A, g[i])) * u[i]);
  return y;
}

/** dy, g, u [n] -> dg, du [n]. */
export function swigluBackward(
  A: Arithmetic,
  dy: FloatArray,
  g: FloatArray,
  u: FloatArray,
): { dg: FloatArray; du: FloatArray } {
  const dg = A.array(g.length);
  const du = A.array(g.length);
  for (let i = 0; i < g.length; i++) {
    const z = sigmoid(A, g[i]);
    du[i] = A.round(dy[i] * A.round(g[i] * z));
    dg[i] = A.round(A.round(dy[i] * u[i]) * A.round(z * A.fma(g[i], A.round(1 - z), 1)));
  }
  return { dg, du };
}
