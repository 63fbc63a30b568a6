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

/** More steps than these are not compared with each other: the first ones are. */
const MAX_COMPARED = 1000;

/**
 * The mean cosine of all pairs of sketches, and how many standard deviations that is above zero if the directions of steps were independent and
 * as likely as their opposites. Then the cosines of pairs are uncorrelated with mean 0, and their mean square estimates their variance,
 * whatever the number of directions is. A common direction makes that estimate larger, never smaller: with T steps no more than the root of
 * T (T - 1) / 2 deviations come out.
 */
export function coherenceOf(sketches: readonly Float32Array[]): Coherence | null {
  const units = sketches
    .filter((one) => one.every(Number.isFinite) && sizeOf(one) > 0)
    .slice(0, MAX_COMPARED)
    .map((one) => {
      const size = sizeOf(one);
      return one.map((value) => value / size);
    });
  const pairs = (units.length * (units.length - 1)) / 2;
  if (pairs === 0) return null;
  let [sum, squares] = [0, 0];
  for (const [i, one] of units.entries()) {
    for (let j = 0; j < i; j++) {
      const cosine = dot(one, units[j]!);
      sum += cosine;
      squares += cosine * cosine;
    }
  }
  return { steps: units.length, mean: sum / pairs, deviations: squares > 0 ? sum / Math.sqrt(squares) : 0 };
}

/** Steps whose gradient is not that of the training code, by more than rounding. */
export const outside = (found: readonly GradientFound[], tolerance: number): GradientFound[] =>
  found.filter(({ difference }) => !(difference <= tolerance));
