// Limits on what AdamW can do to a weight and its moments. docs/proof.md, "Motion", has the derivations. The slack is only what the
// binary32 operations of docs/arithmetic.md, "A step", can add. Knows no tensors and no files.

import { powInt } from '../../engine/index.ts';
import type { TrainConfig } from '../../foundry/train/index.ts';

/** The numbers of a recipe that limit how weights move. */
export interface Mover extends Pick<TrainConfig, 'optimizer' | 'momentum'> {
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
  /** Largest norm of the gradient; 0: no clipping. */
  gradClip: number;
}

/** The numbers of a step that limit its movement. */
export interface StepFacts {
  /** As binary32. */
  learningRate: number;
  /** Before clipping, binary64. */
  gradNorm: number;
}

// One rounding is off by at most 2^-24 of the result, or by 2^-150 if the result is subnormal. A factor of a recurrence is rounded once a
// step: twice that is allowed. A number that is rounded a fixed number of times (at most eight) gets 2^-20.
export const UP = 1 + 2 ** -23;
const DOWN = 1 - 2 ** -23;
export const FIXED = 1 + 2 ** -20;
/** More than underflow can take from a moment in one step: three times 2^-150. */
export const TINY = 2 ** -148;
/** How far the binary32 sums of squares in a gradient's norm may be off: 512 + 3 roundings of 2^-24, doubled. */
export const NORM = 2 ** -14;
/** The largest factor: a larger one limits nothing, and an infinite one times 0 would be NaN. */
export const MAX = 1e200;

/** The recipe's numbers as the kernel uses them: rounded to binary32. */
function rounded(mover: Mover) {
  const f = Math.fround;
  const { beta1, beta2 } = mover;
  return {
    b1: f(beta1),
    b2: f(beta2),
    rest1: f(1 - beta1),
    rest2: f(1 - beta2),
    eps: f(mover.eps),
    weightDecay: f(mover.weightDecay),
  };
}

/** 1 + r + r^2 + ... + r^(n-1), by doubling: it adds only positive numbers, so it is exact enough for r near 1 too. `n` < 2^31. */
export function geometric(r: number, n: number): number {
  let sum = 0;
  let power = 1;
  for (let bit = 31 - Math.clz32(n); bit >= 0; bit--) {
    sum *= 1 + power;
    power *= power;
    if ((n >>> bit) & 1) {
      sum = 1 + r * sum;
      power *= r;
    }
  }
  return sum;
}

/**
 * C_n: n steps from m = v = 0 cannot end with |m| > C_n sqrt(v), and n steps from any m_0, v_0 not with
 * |m - b1^n m_0| > C_n sqrt(v - b2^n v_0). By Cauchy-Schwarz, with the gradients g_k of k steps before the end:
 * |sum (1-b1) b1^k g_k| <= (1-b1)/sqrt(1-b2) sqrt(sum r^k) sqrt(sum (1-b2) b2^k g_k^2), r = b1^2/b2. Rounding: m's terms
 * are at most as if b1 were b1 (1+2^-23), v's at least as if b2 were b2 (1-2^-23). At most 1e200.
 */
export function momentFactor(mover: Mover, n: number): number {
  const { b1, b2, rest1, rest2 } = rounded(mover);
  const r = b1 === 0 ? 0 : Math.min(MAX, (b1 * UP) ** 2 / (b2 * DOWN));
  return Math.min(MAX, ((FIXED * rest1) / Math.sqrt(rest2)) * Math.sqrt(geometric(r, n)));
}

/**
 * c_t: no step t (from 1) moves an undecayed weight by more than its learning rate times this:
 * |u| = |m| c1 / (sqrt(v c2) + eps) <= C_t c1 / sqrt(c2), c1 = 1/(1-b1^t), c2 = 1/(1-b2^t). Where squares of gradients
 * underflow, v can miss h = 2^-148 (1 + b2 + ...) and m as much with b1: then |u| <= c1 (2 C_t sqrt(h) + h1) / eps, which is the
 * larger one only for an eps below 1e-18.
 */
export function stepFactor(mover: Mover, t: number): number {
  const { b1, b2, eps } = rounded(mover);
  const c1 = Math.fround(1 / (1 - powInt(mover.beta1, t)));
  const c2 = Math.fround(1 / (1 - powInt(mover.beta2, t)));
  const C = momentFactor(mover, t);
  const lost = 2 * C * Math.sqrt(TINY * geometric(b2, t)) + TINY * geometric(b1 * UP, t);
  return Math.min(MAX, FIXED * c1 * Math.max(C / Math.sqrt(c2), lost / eps));
}

/** B = alpha + beta |w_0|: how far a weight can move from its value w_0 at the segment's start. */
export interface Bound {
  alpha: number;
  beta: number;
}

/**
 * From B = 0, for each step: B += (1+2^-20) lr (c_t + weightDecay (|w_0| + B)) + 2^-23 (|w_0| + B) + 2^-148. `from` is the step
 * of the segment's start. The step is w = fma(-lr, fma(weightDecay, w, u), w): the middle term is the rounding of the new weight.
 */
export function bound(mover: Mover, from: number, learningRates: readonly number[], decayed: boolean): Bound {
  const weightDecay = decayed ? rounded(mover).weightDecay : 0;
  let alpha = 0;
  let beta = 0;
  learningRates.forEach((rate, i) => {
    const lr = FIXED * rate;
    alpha += lr * (stepFactor(mover, from + 1 + i) + weightDecay * alpha) + 2 ** -23 * alpha + TINY;
    beta += (lr * weightDecay + 2 ** -23) * (1 + beta);
  });
  return { alpha, beta };
}

/**
 * What n steps allow each element of the moments: e = v - `keptSecond` v_0 + `lostSecond` >= 0, and
 * |m - `kept` m_0| <= `factor` sqrt(e) + `loose` |m_0| + `lost`.
 */
export interface MomentLimits {
  /** b1^n. */
  kept: number;
  /** How much larger (b1 (1+2^-23))^n is. */
  loose: number;
  lost: number;
  /** (b2 (1-2^-23))^n. */
  keptSecond: number;
  lostSecond: number;
  factor: number;
}

export function momentLimits(mover: Mover, n: number): MomentLimits {
  const { b1, b2 } = rounded(mover);
  const kept = powInt(b1, n);
  return {
    kept,
    loose: powInt(b1 * UP, n) - kept,
    lost: TINY * geometric(b1 * UP, n),
    keptSecond: powInt(b2 * DOWN, n),
    lostSecond: TINY * geometric(b2, n),
    factor: momentFactor(mover, n),
  };
}

/** The gradient's norm after clipping with the binary32 factor of the step. */
export function clippedNorm(gradNorm: number, gradClip: number): number {
  return gradClip > 0 && gradNorm > gradClip ? gradNorm * Math.fround(gradClip / gradNorm) : gradNorm;
}

/**
 * The range of the sum of all second moments (`elements` in all) after the segment's steps:
 * b2^n sum v_0 + (1-b2) sum over its steps of b2^(n-s) norm_s^2, norms after clipping. NaN if a norm is not a number from 0 on.
 */
export function secondMomentSum(
  mover: Mover,
  sumBefore: number,
  steps: readonly StepFacts[],
  elements: number,
): { least: number; most: number } {
  const { b2, rest2 } = rounded(mover);
  let least = sumBefore;
  let most = sumBefore;
  for (const { gradNorm } of steps) {
    const added = gradNorm >= 0 ? rest2 * clippedNorm(gradNorm, mover.gradClip) ** 2 : Number.NaN;
    least = least * b2 * DOWN + added * (1 - NORM);
    most = most * b2 * UP + added * (1 + NORM);
  }
  // Underflow, in v and in the norm's own squares.
  const lost = 2 * TINY * elements * geometric(b2 * UP, steps.length);
  return { least: least - lost, most: most + lost };
}
