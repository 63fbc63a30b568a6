// Strengths from pairwise judgements: the model of Bradley and Terry (1952), P(i beats j) = 1 / (1 + e^(s_j - s_i)), by maximum
// likelihood. A tie counts as half a win for each side. Knows items only by index.

import { exp64, log64 } from '../../engine/index.ts';
import { cholesky, choleskySolve } from './cholesky.ts';

export interface Judgement {
  a: number;
  b: number;
  /** 1: `a` is better; 0: `b` is better; 0.5: a tie. */
  score: number;
}

/** wins[i * n + j]: how often i won against j; a tie is half a win. [n, n] */
export function winsOf(n: number, judgements: Iterable<Judgement>): Float64Array {
  const wins = new Float64Array(n * n);
  const isItem = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < n;
  for (const { a, b, score } of judgements) {
    if (!(isItem(a) && isItem(b) && a !== b)) throw new RangeError(`a judgement of ${a} and ${b} of ${n}`);
    if (!(score >= 0 && score <= 1)) throw new RangeError(`a judgement's score of ${score}`);
    wins[a * n + b] += score;
    wins[b * n + a] += 1 - score;
  }
  return wins;
}

/** Newton's method for `n` items; its buffers are reused for many fits. */
export class Newton {
  /** [n - 1, n - 1] after `fit`: Cholesky factor of the information matrix of all strengths except the last, which is fixed at zero. */
  readonly factor: Float64Array;
  readonly #n: number;
  readonly #odds: Float64Array;
  readonly #step: Float64Array;

  constructor(n: number) {
    this.#n = n;
    this.factor = new Float64Array((n - 1) * (n - 1));
    this.#odds = new Float64Array(n);
    this.#step = new Float64Array(n);
  }

  /**
   * Moves `strengths` [n] from their current values to the maximum; their sum becomes zero. Stops after a step that changed no difference
   * of two strengths by more than `tolerance`: the remaining error is below its square. With d the largest change of a difference, a
   * step with d > 1 is shortened by ln(1 + d) / d, so that every step is an ascent (generalized self-concordance: Sun, Tran-Dinh 2019).
   * The comparisons must connect all items.
   * @throws RangeError if they do not, or have no finite maximum
   */
  fit(wins: Float64Array, strengths: Float64Array, tolerance: number): void {
    const factor = this.factor;
    const odds = this.#odds;
    const step = this.#step;
    const n = this.#n;
    const m = n - 1;
    for (let count = 1; count <= 1000; count++) {
      for (let i = 0; i < n; i++) odds[i] = exp64(strengths[i]);
      factor.fill(0);
      step.fill(0);
      for (let i = 0; i < n; i++) {
        const own = odds[i];
        let slope = 0;
        let bend = 0;
        for (let j = 0; j < i; j++) {
          const won = wins[i * n + j];
          const all = won + wins[j * n + i];
          if (all === 0) continue;
          const p = own / (own + odds[j]);
          const rest = won - all * p;
          const h = all * p * (1 - p);
          slope += rest;
          step[j] -= rest;
          bend += h;
          if (i < m) factor[i * m + j] = -h;
          factor[j * m + j] += h;
        }
        step[i] += slope;
        if (i < m) factor[i * m + i] += bend;
      }
      if (!cholesky(factor, m)) throw new RangeError('comparisons that do not connect all items');
      choleskySolve(factor, m, step);
      step[m] = 0;
      let low = 0;
      let high = 0;
      for (let i = 0; i < m; i++) {
        if (step[i] < low) low = step[i];
        if (step[i] > high) high = step[i];
      }
      const d = high - low;
      if (!(d < 700)) break;
      const share = d > 1 ? log64(1 + d) / d : 1;
      let sum = 0;
      for (let i = 0; i < n; i++) {
        strengths[i] += share * step[i];
        sum += strengths[i];
      }
      for (let i = 0; i < n; i++) strengths[i] -= sum / n;
      if (d <= tolerance) return;
    }
    throw new RangeError('comparisons without a finite maximum');
  }
}

/** Adds `prior` ties to each item, evenly distributed over the other items. */
export function addPrior(wins: Float64Array, n: number, prior: number): void {
  const half = prior / (n - 1) / 2;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) wins[i * n + j] += half;
}

/** Each item's chance to win against a random other item. [n] */
export function winShares(strengths: ArrayLike<number>): Float64Array {
  const n = strengths.length;
  const odds = Float64Array.from(strengths, exp64);
  const shares = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const p = odds[i] / (odds[i] + odds[j]);
      shares[i] += p / (n - 1);
      shares[j] += (1 - p) / (n - 1);
    }
  }
  return shares;
}
