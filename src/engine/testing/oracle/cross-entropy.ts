// Cross-entropy of each row against its target, with the gradient of the sum of all, each times a share.

import { log64 } from '../../functions.ts';
import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { rowSum } from './elementary.ts';

/** The shares [M] of the mean of n losses, of which M or fewer are here. */
export const equalShares = (A: Arithmetic, M: number, n: number): FloatArray => A.array(M).fill(A.round(1 / n));

/**
 * logits [M, V], targets [M] -> losses [M] in binary64 (nats, not multiplied) and dLogits [M, V], multiplied by shares [M]. A row with
 * target -1 has loss and gradients +0.
 */
export function crossEntropy(
  A: Arithmetic,
  logits: FloatArray,
  targets: ArrayLike<number>,
  { M, V, shares }: { M: number; V: number; shares: FloatArray },
): { losses: Float64Array; dLogits: FloatArray } {
  const losses = new Float64Array(M);
  const dLogits = A.array(M * V);
  for (let m = 0; m < M; m++) {
    if (targets[m] === -1) continue;
    const row = logits.subarray(m * V, (m + 1) * V);
    let largest = -Infinity;
    for (let j = 0; j < V; j++) if (row[j] > largest) largest = row[j];
    const e = A.array(V);
    for (let j = 0; j < V; j++) e[j] = A.exp(A.round(row[j] - largest));
    const sum = rowSum(A, e);
    losses[m] = log64(sum) + (largest - row[targets[m]]);
    const inverse = A.round(1 / sum);
    for (let j = 0; j < V; j++) {
      const p = A.round(e[j] * inverse);
      dLogits[m * V + j] = A.round(A.round(p - (j === targets[m] ? 1 : 0)) * shares[m]);
    }
  }
  return { losses, dLogits };
}

/** Index, counted from `from`, of the first of the largest among V logits. */
export function firstLargest(logits: FloatArray, from: number, V: number): number {
  let first = 0;
  for (let j = 1; j < V; j++) if (logits[from + j] > logits[from + first]) first = j;
  return first;
}

/** -> exp((x - the largest x) * scale) */
export function exponentials(A: Arithmetic, x: FloatArray, scale: number): FloatArray {
  const y = A.array(x.length);
  const most = Math.max(...x);
  for (let i = 0; i < x.length; i++) y[i] = A.exp(A.round(A.round(x[i]! - most) * A.round(scale)));
  return y;
}
