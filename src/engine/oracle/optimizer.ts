// The end of a step: the gradient's norm and AdamW.

import { powInt } from '../functions.ts';
import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { rowSumOfProducts } from './elementary.ts';

const BLOCK = 4096;

/** The squares of each block of a tensor, added up. */
export function blockSquares(A: Arithmetic, g: FloatArray): FloatArray {
  const sums = A.array(Math.ceil(g.length / BLOCK));
  for (let i = 0; i < sums.length; i++) {
    const block = g.subarray(i * BLOCK, (i + 1) * BLOCK);
    sums[i] = rowSumOfProducts(A, block, block);
  }
  return sums;
}

/** Sum of all squares, in binary64. `tensors` in the order of their names (UTF-16 code units). */
export function gradNormSquare(A: Arithmetic, tensors: Iterable<FloatArray>): number {
  let sum = 0;
  for (const g of tensors) for (const block of blockSquares(A, g)) sum += block;
  return sum;
}

/** The factor for gradients whose norm is too large; 1 where it is not, or where gradClip is 0. */
export const clipFactor = (A: Arithmetic, norm: number, gradClip: number): number =>
  gradClip > 0 && norm > gradClip ? A.round(gradClip / norm) : 1;

export interface AdamWOptions {
  lr: number;
  /** 0 for norm weights. */
  weightDecay: number;
  beta1: number;
  beta2: number;
  eps: number;
  /** From `clipFactor`. */
  clip: number;
  /** This step's number, from 1. */
  t: number;
}

/** One step for one tensor: weights, gradient and both moments [n] -> new weights and moments. Changes nothing in place. */
export function adamW(
  A: Arithmetic,
  w: FloatArray,
  g: FloatArray,
  m: FloatArray,
  v: FloatArray,
  { lr, weightDecay, beta1, beta2, eps, clip, t }: AdamWOptions,
): { w: FloatArray; m: FloatArray; v: FloatArray } {
  const next = { w: A.array(w.length), m: A.array(w.length), v: A.array(w.length) };
  const b1 = A.round(beta1);
  const b2 = A.round(beta2);
  const rest1 = A.round(1 - beta1);
  const rest2 = A.round(1 - beta2);
  const c1 = A.round(1 / (1 - powInt(beta1, t)));
  const c2 = A.round(1 / (1 - powInt(beta2, t)));
  for (let i = 0; i < w.length; i++) {
    const clipped = A.round(g[i] * A.round(clip));
    next.m[i] = A.fma(b1, m[i], A.round(rest1 * clipped));
    next.v[i] = A.fma(b2, v[i], A.round(rest2 * A.round(clipped * clipped)));
    const root = A.round(Math.sqrt(A.round(next.v[i] * c2)));
    const u = A.round(A.round(next.m[i] * c1) / A.round(root + A.round(eps)));
    next.w[i] = A.fma(-A.round(lr), A.fma(A.round(weightDecay), w[i], u), w[i]);
  }
  return next;
}
