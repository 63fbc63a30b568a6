// What the gradients of paired steps say: each beside the rounding of this machine, and all together, whether their differences point one
// way. docs/witness.md, "Gradients" and "Coherence". Pure arithmetic.

import type { Coherence } from './types.ts';

/**
 * A difference counts as rounding up to so many times what another setting of this machine changes: in the same step, in the median one, and in the
 * worst one of N, which says less the fewer they are. Measured: over 770 honest steps in bfloat16 the differences between two instruction sets had
 * the same distribution as between two others (median 6e-4 and 8e-4, largest 3.3e-3), and told little of each other step by step. Of N steps
 * drawn from these, one or more lay beyond the limits in 6 of 10,000 draws with N = 6, in one with N = 11, in none with more.
 */
const OF_STEP = 4;
const OF_MEDIAN = 8;
const OF_WORST = 4;
const OF_WORST_FEW = 16;
/** With fewer steps whose rounding shows, its size is not known, and this is taken for it. */
const MIN_KNOWN = 6;
const UNKNOWN = 0.05;
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

/** Where another setting gives the same bits, it says nothing of other machines. */
const knownOf = (noises: readonly (number | undefined)[]): number[] =>
  noises.filter((noise) => noise !== undefined).filter((noise) => noise > 0);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * The largest difference that counts as rounding, for each step, by what another setting of this machine changes there: a gradient that has
 * become small is noisier than others, so each step has its own; but no step is taken to be quieter than others, for its own noise is one sample.
 */
export function limitsOf(noises: readonly (number | undefined)[]): number[] {
  const known = knownOf(noises);
  const worst = known.reduce((most, noise) => Math.max(most, noise), 0);
  const least =
    known.length < MIN_KNOWN
      ? UNKNOWN
      : Math.max(OF_MEDIAN * median(known), (OF_WORST + OF_WORST_FEW / known.length) * worst);
  return noises.map((noise) => Math.max(least, OF_STEP * (noise ?? 0)));
}

/** Whether so many steps show rounding that its size is known. */
export const isMeasured = (noises: readonly (number | undefined)[]): boolean => knownOf(noises).length >= MIN_KNOWN;

/** The same of gradients, with what their moments hide. */
export function tolerancesOf(steps: readonly MeasuredStep[]): number[] {
  const limits = limitsOf(steps.map(({ noise }) => noise));
  return steps.map(({ moments }, i) => limits[i]! + MOMENTS * moments);
}

/** |a - b| of the larger one; infinite where one is not a number. */
export function relative(a: number, b: number): number {
  const difference = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
  return a === b ? 0 : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
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
