// Strengths from judgements of pairs: the model of Bradley and Terry (1952), P(i beats j) = 1 / (1 + e^(s_j - s_i)), by maximum
// likelihood. A tie is half a win for each side. Knows items by their index only.

import { exp64, log64, normal64 } from '../../engine/index.ts';
import { cholesky, choleskySolve } from './linear.ts';

export interface Judgement {
  a: number;
  b: number;
  /** What `a` gets: 1 it is the better one, 0 the other is, 0.5 a tie. */
  score: number;
}

export interface BradleyTerry {
  /** Natural logarithms of odds; their sum is zero. */
  strengths: number[];
  /** Of each strength, given that the sum is zero. */
  standardErrors: number[];
  /** [n, n]: pseudo-inverse of the observed Fisher information. */
  covariance: number[][];
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

/**
 * What can be ranked against each other: items are in one group where each has beaten the other, directly or by a chain of others
 * (ties count). Strengths are finite and unique just when there is one group (Ford 1957). With more, none of an earlier group
 * ever lost to one of a later group, so that the distance between them is unbounded or unknown.
 */
export function groupsOf(wins: Float64Array, n: number): number[][] {
  const seen = new Uint8Array(n);
  const reach = (from: number, edge: (i: number, j: number) => boolean, done: (i: number) => void): void => {
    const path = [{ item: from, next: 0 }];
    seen[from] = 1;
    while (path.length > 0) {
      const top = path.at(-1)!;
      while (top.next < n && (seen[top.next] || !edge(top.item, top.next))) top.next++;
      if (top.next < n) {
        seen[top.next] = 1;
        path.push({ item: top.next, next: 0 });
      } else {
        done(top.item);
        path.pop();
      }
    }
  };
  // Kosaraju's two passes: items by when a walk along wins leaves them, then walks along defeats from the last one.
  const left: number[] = [];
  for (let i = 0; i < n; i++) {
    if (!seen[i])
      reach(
        i,
        (x, y) => wins[x * n + y] > 0,
        (x) => left.push(x),
      );
  }
  seen.fill(0);
  const groups: number[][] = [];
  for (const i of left.reverse()) {
    if (seen[i]) continue;
    const group: number[] = [];
    reach(
      i,
      (x, y) => wins[y * n + x] > 0,
      (x) => group.push(x),
    );
    groups.push(group.sort((x, y) => x - y));
  }
  return groups;
}

/** Newton's method for `n` items over memory of its own, for many fits. */
export class Newton {
  readonly n: number;
  /** [n - 1, n - 1] after `fit`: Cholesky factor of the information about all strengths but the last, where that one is held at zero. */
  readonly factor: Float64Array;
  #odds: Float64Array;
  #step: Float64Array;

  constructor(n: number) {
    this.n = n;
    this.factor = new Float64Array((n - 1) * (n - 1));
    this.#odds = new Float64Array(n);
    this.#step = new Float64Array(n);
  }

  /**
   * Moves `strengths` [n] from where they are to the maximum; their sum becomes zero. Stops after a step in which no difference of two
   * strengths changed by more than `tolerance`: what is left is below its square. With d the largest change of a difference, steps
   * with d > 1 are shortened to ln(1 + d) / d; then each one is an ascent (generalized self-concordance: Sun, Tran-Dinh 2019).
   * Returns the number of steps. The comparisons must make one group.
   */
  fit(wins: Float64Array, strengths: Float64Array, tolerance: number): number {
    const { n, factor } = this;
    const m = n - 1;
    const odds = this.#odds;
    const step = this.#step;
    if (n < 2) {
      strengths.fill(0);
      return 0;
    }
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
      if (d <= tolerance) return count;
    }
    throw new RangeError('comparisons without a finite maximum');
  }
}

/** Adds `prior` ties to each item, spread evenly over the others. */
export function addPrior(wins: Float64Array, n: number, prior: number): void {
  const half = prior / (n - 1) / 2;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) wins[i * n + j] += half;
}

/**
 * The fit to `wins` [n, n]. `groupsOf(wins, n)` must be one group, or `prior` above zero: that many ties are added to each
 * item, spread evenly over the others, which keeps all strengths finite and draws them slightly together.
 */
export function bradleyTerry(wins: Float64Array, n: number, prior = 0): BradleyTerry {
  const all = wins.slice();
  if (prior > 0) addPrior(all, n, prior);
  else if (groupsOf(all, n).length > 1) throw new RangeError('comparisons that make more than one group');
  const newton = new Newton(n);
  const strengths = new Float64Array(n);
  newton.fit(all, strengths, 1e-8);
  // With the last strength held at zero the inverse is G; with the sum at zero it is C G C, C = I - 1/n: the pseudo-inverse.
  const m = n - 1;
  const covariance = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const column = new Float64Array(m);
  for (let j = 0; j < m; j++) {
    column.fill(0);
    column[j] = 1;
    choleskySolve(newton.factor, m, column);
    for (let i = 0; i < m; i++) covariance[i][j] = column[i];
  }
  for (let twice = 0; twice < 2; twice++) {
    for (let i = 0; i < n; i++) {
      const middle = covariance[i].reduce((sum, x) => sum + x, 0) / n;
      for (let j = 0; j < n; j++) covariance[i][j] -= middle;
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) [covariance[i][j], covariance[j][i]] = [covariance[j][i], covariance[i][j]];
    }
  }
  return {
    strengths: [...strengths],
    standardErrors: covariance.map((row, i) => Math.sqrt(row[i])),
    covariance,
  };
}

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Chance that `a` is judged the better one of `a` and `b`, with its interval (of the logarithm of odds, mapped). */
export function winProbability(fit: BradleyTerry, a: number, b: number, level = 0.95): Estimate {
  const { strengths, covariance } = fit;
  const difference = strengths[a] - strengths[b];
  const variance = covariance[a][a] + covariance[b][b] - 2 * covariance[a][b];
  const margin = normal64((1 + level) / 2) * Math.sqrt(Math.max(0, variance));
  const chance = (x: number): number => 1 / (1 + exp64(-x));
  return { value: chance(difference), low: chance(difference - margin), high: chance(difference + margin) };
}

/** A strength with its interval, given that the sum of strengths is zero. */
export function strengthOf(fit: BradleyTerry, a: number, level = 0.95): Estimate {
  const value = fit.strengths[a];
  const margin = normal64((1 + level) / 2) * fit.standardErrors[a];
  return { value, low: value - margin, high: value + margin };
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
