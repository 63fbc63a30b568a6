// The end of a step: the gradient norm and AdamW.

import { powInt } from '../../functions.ts';
import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { rowSumOfProducts } from './elementary.ts';

const BLOCK = 4096;

/** Sum of squares of each block of a tensor. */
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

/** The factor of the gradients: below 1 where their norm is above gradClip, and 1 else or with gradClip 0. */
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
  /** Number of this step, counted from 1. */
  t: number;
}

/** Weights, gradient and both moments of one tensor [n]. */
interface AdamWTensors {
  w: FloatArray;
  g: FloatArray;
  m: FloatArray;
  v: FloatArray;
}

/** One step for one tensor: returns new weights and moments, and changes nothing in place. */
export function adamW(
  A: Arithmetic,
  { w, g, m, v }: AdamWTensors,
  { lr, weightDecay, beta1, beta2, eps, clip, t }: AdamWOptions,
): Omit<AdamWTensors, 'g'> {
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
