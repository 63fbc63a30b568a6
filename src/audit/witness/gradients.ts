// What the gradients of paired steps say: each beside the rounding of this machine, and all together, whether their differences point one
// way. docs/witness.md, "Gradients" and "Coherence". Pure arithmetic.

import type { Coherence, GradientFound } from './types.ts';

/** A difference counts as rounding up to so many times the largest one that another setting of this machine makes. */
const TIMES = 4;
/** What is lost when a gradient is taken from two first moments in float32. */
const LEAST = 1e-5;

/** The largest difference that counts as rounding: `noise` has those between two settings of the auditor's machine. */
export const toleranceOf = (noise: readonly number[]): number => Math.max(LEAST, TIMES * Math.max(0, ...noise));

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** The L2 norm of what a sketch stands for; its relative error is about the root of 2 / numbers. */
export const sizeOf = (sketch: Float32Array): number => Math.sqrt(dot(sketch, sketch));

export const differenceOf = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - b[i]!);

/**
 * The mean cosine of all pairs of sketches, and how many standard deviations that is above zero if their directions were independent: a
 * cosine of two independent sketches of N numbers has a variance of at most about 1 / N.
 */
export function coherenceOf(sketches: readonly Float32Array[]): Coherence | null {
  const sound = sketches.filter((one) => one.every(Number.isFinite) && sizeOf(one) > 0);
  const T = sound.length;
  if (T < 2) return null;
  const sum = new Float64Array(sound[0]!.length);
  for (const one of sound) {
    const size = sizeOf(one);
    for (let i = 0; i < one.length; i++) sum[i]! += one[i]! / size;
  }
  const mean = (sum.reduce((total, value) => total + value * value, 0) - T) / (T * (T - 1));
  const deviation = Math.sqrt(2 / (T * (T - 1) * sum.length));
  return { steps: T, mean, deviations: mean / deviation };
}

/** Steps whose gradient is not that of the training code, by more than rounding. */
export const outside = (found: readonly GradientFound[], tolerance: number): GradientFound[] =>
  found.filter(({ difference }) => !(difference <= tolerance));
