// From what resampling says about errors to what may be said about true totals. Teams that look best have, on average, also been
// lucky; how much of that is luck follows from how far the teams lie apart compared with the errors. Knows no parts.

import { exp64, log64 } from '../../engine/index.ts';
import type { Random } from './random.ts';

/** Points of the grid on which the spread of true totals is integrated. */
const GRID = 400;

/**
 * Draws of tau, the standard deviation of true totals, given that `freedom` times their observed variance `seen` is chi-square times
 * (tau^2 + error), with a flat prior on tau (Gelman 2006): by the inverse of its distribution on a grid.
 */
function spreads(seen: number, error: number, freedom: number, uniform: () => number, count: number): Float64Array {
  const scale = Math.sqrt(seen + error);
  const at = (u: number): number => (scale * u) / (1 - u);
  const logs = Float64Array.from({ length: GRID }, (_, g) => {
    const u = (g + 0.5) / GRID;
    const all = at(u) * at(u) + error;
    return -2 * log64(1 - u) - (freedom / 2) * (log64(all) + seen / all);
  });
  const top = logs.reduce((a, b) => Math.max(a, b));
  const cumulated = new Float64Array(GRID + 1);
  for (let g = 0; g < GRID; g++) cumulated[g + 1] = cumulated[g] + exp64(logs[g] - top);
  return Float64Array.from({ length: count }, () => {
    const target = uniform() * cumulated[GRID];
    let low = 0;
    let high = GRID;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (cumulated[middle] <= target) low = middle;
      else high = middle;
    }
    return at((low + (target - cumulated[low]) / (cumulated[high] - cumulated[low])) / GRID);
  });
}

/**
 * Draws of true totals, up to a number that all teams share, from observed totals and draws of their errors [teams, draws]: the
 * normal model with teams from one population of unknown mean and deviation tau, both with flat priors (Lindley, Smith 1972;
 * Gelman 2006). Each draw is conditioned on the data by Matheron's rule: true = prior + gain (total + error - prior), gain =
 * tau^2 / (tau^2 + errorVariance). Where the teams lie far apart compared with the errors the gain is 1 and the result total +
 * error. With two teams tau cannot be told, and the gain is 1. `errorVariance`: of a team's error about all teams' mean error, with
 * n - 1; one for all, since ten raters do not tell which teams' errors are the smaller ones. Overwrites `errors`.
 */
export function drawTrueTotals(
  totals: Float64Array,
  errors: Float64Array,
  errorVariance: number,
  draws: number,
  random: Random,
): void {
  const n = totals.length;
  for (let t = 0; t < n; t++) for (let b = 0; b < draws; b++) errors[t * draws + b] += totals[t];
  if (n < 3 || !(errorVariance > 0)) return;
  const middle = totals.reduce((s, x) => s + x, 0) / n;
  const seen = totals.reduce((s, x) => s + (x - middle) * (x - middle), 0) / (n - 1);
  random.at(0, 0);
  const taus = spreads(seen, errorVariance, n - 1, () => random.uniform(), draws);
  for (let b = 0; b < draws; b++) {
    random.at(1, b);
    const tau = taus[b];
    const gain = (tau * tau) / (tau * tau + errorVariance);
    for (let t = 0; t < n; t++) {
      const prior = middle + tau * random.normal();
      errors[t * draws + b] = prior + gain * (errors[t * draws + b] - prior);
    }
  }
}
