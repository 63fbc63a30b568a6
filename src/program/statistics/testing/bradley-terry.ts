// Properties of a fit of strengths that standings do not use, for tests: standard errors from the information, chances of a win with their
// intervals, and which items can be ranked against each other at all. Standings resample their errors instead.

import { exp64, normal64 } from '../../../engine/index.ts';
import { addPrior, Newton } from '../bradley-terry.ts';
import { choleskySolve } from '../cholesky.ts';

export interface BradleyTerry {
  /** Natural logarithms of odds; their sum is zero. */
  strengths: number[];
  /** Standard error of each strength, given that the sum is zero. */
  standardErrors: number[];
  /** [n, n]: pseudo-inverse of the observed Fisher information. */
  covariance: number[][];
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
