// Shared by several operations: sums over a row, sigmoid.

import type { Arithmetic } from './arithmetic.ts';

/** The fixed tree over eight lanes. */
function tree(A: Arithmetic, l: number[]): number {
  const even = A.round(A.round(l[0] + l[4]) + A.round(l[2] + l[6]));
  const odd = A.round(A.round(l[1] + l[5]) + A.round(l[3] + l[7]));
  return A.round(even + odd);
}

/** Sum of a row: element i goes into lane i mod 8, the last eight are padded with +0, then the tree adds the lanes. */
export function rowSum(A: Arithmetic, a: ArrayLike<number>): number {
  const lanes = [0, 0, 0, 0, 0, 0, 0, 0];
  const padded = Math.ceil(a.length / 8) * 8;
  for (let i = 0; i < padded; i++) lanes[i % 8] = A.round(lanes[i % 8] + (i < a.length ? a[i] : 0));
  return tree(A, lanes);
}

/** Sum of the products of two rows of equal length, in the same lanes, by fma. */
export function rowSumOfProducts(A: Arithmetic, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lanes = [0, 0, 0, 0, 0, 0, 0, 0];
  const padded = Math.ceil(a.length / 8) * 8;
  for (let i = 0; i < padded; i++) {
    lanes[i % 8] = i < a.length ? A.fma(a[i], b[i], lanes[i % 8]) : A.fma(0, 0, lanes[i % 8]);
  }
  return tree(A, lanes);
}

export const sigmoid = (A: Arithmetic, x: number): number => A.round(1 / A.round(1 + A.exp(-x)));
