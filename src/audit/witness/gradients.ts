// What the gradients of paired steps say: each beside the rounding of this machine, and all together, whether their differences point one
// way. docs/witness.md, "Gradients" and "Coherence". Pure arithmetic.

import type { Coherence } from './types.ts';

/** A difference counts as rounding up to so many times what another setting of this machine changes. */
const TIMES = 4;
/** A gradient is taken from two moments that were rounded: each by half a unit in its last place, or a few. */
const MOMENTS = 2;

/** What is known of a paired step's gradient. Lengths are relative to it. */
export interface MeasuredStep {
  step: number;
  /** Of the difference from the gradient that is computed here. */
  difference: number;
  /** Between two settings of the auditor's machine; undefined where there is no second one. */
  noise: number | undefined;
  /** What the moments' rounding can hide. */
  moments: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * The largest difference that counts as rounding, for each step: a gradient that has become small is noisier than others, so each step has its
 * own; but no step is taken to be quieter than half of them.
 */
export function tolerancesOf(steps: readonly MeasuredStep[]): number[] {
  const usual = median(steps.flatMap(({ noise }) => noise ?? []));
  return steps.map(({ noise, moments }) => TIMES * Math.max(noise ?? 0, usual) + MOMENTS * moments);
}

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
