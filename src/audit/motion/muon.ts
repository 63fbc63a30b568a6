// Limits on what Muon can do to a matrix. docs/proof.md, "Motion of Muon", has the derivations; the slack is only what the binary32
// operations of docs/arithmetic.md, "A step", can add. Knows no tensors and no files.

import { muonScale, NEWTON_SCHULZ, powInt } from '../../engine/index.ts';
import {
  clippedNorm,
  FIXED,
  geometric,
  MAX,
  type Mover,
  momentFactor,
  NORM,
  type StepFacts,
  TINY,
  UP,
} from './adamw.ts';

const a = Math.fround(NEWTON_SCHULZ.first);
const b = Math.fround(NEWTON_SCHULZ.third);
const c = Math.fround(NEWTON_SCHULZ.fifth);

/** What one Newton-Schulz step makes of a singular value. */
const p = (x: number): number => x * (a + x * x * (b + c * x * x));

/** The smaller place where the slope of p is 0: p's largest value on [0, 1.25]. */
const TOP = Math.sqrt((-3 * b - Math.sqrt(9 * b * b - 20 * a * c)) / (10 * c));

/** The largest singular value of an update without rounding: p rises to it at TOP, and stays below it up to 1.25. */
export const MAX_SINGULAR_VALUE = p(TOP);

/** One rounding of binary32. */
const UNIT = 2 ** -24;
/** How much larger than 1 the norm of the matrix that the five steps begin with can be: its norm is off by up to 2^-14. */
const START = 1 + 2 ** -13;
/** More than underflow can add to the norms of a step. */
const UNDERFLOW = 2 ** -100;

export interface Norms {
  /** The largest singular value. */
  spectral: number;
  /** The root of the sum of squares. */
  frobenius: number;
}

/**
 * The largest norms of an orthogonalised update of shape [R, C], with all rounding. After each step: the largest singular value, the
 * Frobenius norm, and `excess`, the Frobenius distance to a matrix with singular values up to MAX_SINGULAR_VALUE. At most 1e200.
 */
export function updateNorms([R, C]: readonly number[]): Norms {
  const [r, long] = [Math.min(R!, C!), Math.max(R!, C!)];
  let spectral = START;
  let frobenius = START;
  let excess = 0;
  for (let step = 0; step < NEWTON_SCHULZ.steps; step++) {
    const rounding = stepRounding({ spectral, frobenius }, r, long);
    const grown = p(spectral);
    // Beyond 1.25 p rises: a value that is e above the largest one comes out at most slope * e above it.
    const slope = spectral <= 1.25 ? 0 : a + 3 * b * spectral ** 2 + 5 * c * spectral ** 4;
    const growth = Math.max(a, a + spectral ** 2 * (b + c * spectral ** 2)); // p(x) / x
    excess = Math.min(MAX, slope * excess + rounding);
    frobenius = Math.min(MAX, growth * frobenius + rounding, Math.sqrt(r) * MAX_SINGULAR_VALUE + excess);
    spectral = Math.min(1e30, Math.max(MAX_SINGULAR_VALUE, grown) + rounding);
  }
  return { spectral, frobenius };
}

/**
 * How far rounding can move the result of one step (Frobenius norm). A chain of k products is off, element by element, by its partial
 * sums times 2^-24 each; the norm of a partial sum of a product is at most one factor's spectral times the other one's Frobenius norm.
 */
function stepRounding({ spectral: s, frobenius: f }: Norms, r: number, long: number): number {
  const chain = (k: number): number => Math.expm1(k * Math.log1p(UNIT));
  const product = chain(long) * s * f;
  const [sProduct, fProduct] = [s * s + product, s * f + product];
  const square = chain(r) * sProduct * fProduct;
  const sum = 3 * UNIT * (-b * fProduct + c * (sProduct * fProduct + square));
  const polynomial = sum + c * (square + product * (2 * s * s + product)) - b * product;
  // The polynomial's spectral norm without rounding: |c y^2 + b y| is largest at its vertex or at the end.
  const vertex = Math.min(s * s, -b / (2 * c));
  const norm = Math.max(...[vertex, s * s].map((y) => Math.abs(y * (b + c * y))));
  return chain(r + 1) * (a + norm + polynomial) * f + polynomial * s + UNDERFLOW;
}

/** How far a segment's steps can move a matrix, beside its decay. */
export interface MatrixLimits extends Norms {
  /** What decay leaves of the start's weights: the movement is w - `kept` w_0. */
  kept: number;
}

/**
 * A step is w = fma(-lr, fma(weightDecay, w, s x), w): w_n = kept w_0 - sum of lr s x, each with the decay after it, and rounding, which
 * follows from the sizes of the weights. `size` is the Frobenius norm of w_0.
 */
export function matrixLimits(
  mover: Mover,
  shape: readonly number[],
  learningRates: readonly number[],
  size: number,
): MatrixLimits {
  const weightDecay = Math.fround(mover.weightDecay);
  const scale = Math.fround(muonScale(shape));
  const update = updateNorms(shape);
  const tiny = TINY * Math.sqrt(shape[0]! * shape[1]!);
  const most = { spectral: 0, frobenius: 0, rounding: 0, size };
  let kept = 1;
  for (const rate of learningRates) {
    const keep = 1 - rate * weightDecay;
    const left = Math.abs(keep);
    const moved = rate * scale * update.frobenius;
    const before = most.size;
    most.size = FIXED * (left * before + moved) + tiny;
    most.rounding =
      left * most.rounding + 2 ** -22 * (moved + rate * weightDecay * before) + 2 ** -23 * most.size + tiny;
    most.spectral = left * most.spectral + rate * scale * update.spectral;
    most.frobenius = left * most.frobenius + moved;
    kept *= keep;
  }
  const bounded = (x: number): number => Math.min(MAX, FIXED * (x + most.rounding));
  return { kept, spectral: bounded(most.spectral), frobenius: bounded(most.frobenius) };
}

/** The Frobenius norm of all momentum together before a segment, and what the second moments leave of the gradients' squares. */
export interface MomentumFacts {
  before: number;
  /** The most that the second moments could add up to, over what they add up to: the rest is of gradients of matrices. */
  second: number;
  elements: number;
}

/**
 * How much all momentum, as one vector, can change beside its decay: m_n - mu^n m_0 = sum (1-mu) mu^k g_k over the gradients of k steps
 * before the end. By the triangle inequality with the transcript's norms, or by Cauchy-Schwarz with what the second moments leave of
 * them, as `momentFactor` has it with mu for beta1; the smaller one.
 */
export function momentumLimit(
  mover: Mover,
  steps: readonly StepFacts[],
  { before, second, elements }: MomentumFacts,
): number {
  const momentum = mover.momentum ?? 0;
  const n = steps.length;
  const mu = Math.fround(momentum);
  const most = mu * UP;
  const rest = FIXED * Math.fround(1 - momentum);
  // A gradient's norm misses squares that underflow: up to 2^-150 an element.
  const missed = 2 ** -74 * Math.sqrt(elements);
  let triangle = 0;
  for (const { gradNorm } of steps) {
    triangle = most * triangle + rest * ((1 + NORM) * clippedNorm(gradNorm, mover.gradClip) + missed);
  }
  const squares = second + 2 ** -147 * elements * geometric(UP * mover.beta2, n);
  const factor = momentFactor({ ...mover, beta1: momentum }, n);
  const loose = powInt(most, n) - powInt(mu, n);
  const lost = TINY * geometric(most, n) * Math.sqrt(elements);
  return Math.min(triangle, factor * Math.sqrt(squares)) + loose * before + lost;
}
