// Strengths from judgements of pairs: the model of Bradley and Terry (1952), P(i beats j) = 1 / (1 + e^(s_j - s_i)), by maximum
// likelihood. A tie is half a win for each side. Knows items by their index only.

import { exp64, log64 } from '../../engine/index.ts';
import { cholesky, choleskySolve } from './cholesky.ts';

export interface Judgement {
  a: number;
  b: number;
  /** What `a` gets: 1 it is the better one, 0 the other is, 0.5 a tie. */
  score: number;
}

/** wins[i * n + j]: how often i was the better one against j, ties half. [n, n] */
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

/** Newton's method for `n` items over memory of its own, for many fits. */
export class Newton {
  /** [n - 1, n - 1] after `fit`: Cholesky factor of the information about all strengths but the last, where that one is held at zero. */
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
   * Moves `strengths` [n] from where they are to the maximum; their sum becomes zero. Stops after a step in which no difference of two
   * strengths changed by more than `tolerance`: what is left is below its square. With d the largest change of a difference, steps
   * with d > 1 are shortened to ln(1 + d) / d; then each one is an ascent (generalized self-concordance: Sun, Tran-Dinh 2019).
   * The comparisons must make one group.
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

/** Adds `prior` ties to each item, spread evenly over the others. */
export function addPrior(wins: Float64Array, n: number, prior: number): void {
  const half = prior / (n - 1) / 2;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) wins[i * n + j] += half;
}

/** Each item's chance to win against another one drawn at random. [n] */
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
