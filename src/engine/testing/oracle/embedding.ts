// Rows of a table, and their gradients added up.

import type { Arithmetic, FloatArray } from './arithmetic.ts';

/** tokens [M], E [V, D] -> x [M, D]. */
export function embedding(A: Arithmetic, E: FloatArray, tokens: ArrayLike<number>, D: number): FloatArray {
  const x = A.array(tokens.length * D);
  for (let m = 0; m < tokens.length; m++) {
    for (let i = 0; i < D; i++) x[m * D + i] = E[tokens[m] * D + i];
  }
  return x;
}

/** dx [M, D], tokens [M] -> dE [V, D]: plain additions over m, starting at `from` [V, D] or at +0. */
export function embeddingBackward(
  A: Arithmetic,
  dx: FloatArray,
  tokens: ArrayLike<number>,
  { V, D, from }: { V: number; D: number; from?: FloatArray },
): FloatArray {
  const dE = A.array(V * D);
  if (from) dE.set(from);
  for (let m = 0; m < tokens.length; m++) {
    for (let i = 0; i < D; i++) {
      const to = tokens[m] * D + i;
      dE[to] = A.round(dE[to] + dx[m * D + i]);
    }
  }
  return dE;
}
