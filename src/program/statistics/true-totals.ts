// Draws true totals from observed totals and their errors. The best teams have, on average, also been lucky; how much is luck follows from
// the distance between the teams compared with the errors. Knows no parts.

import { exp64, log64 } from '../../engine/index.ts';
import type { Random } from './random.ts';

/** Grid points of the integration over tau. */
const GRID = 400;

/**
 * Draws tau, the standard deviation of true totals, given that `freedom` times their observed variance is chi-square times
 * (tau^2 + error), with a flat prior on tau (Gelman 2006): by the inverse of its distribution on a grid.
 */
function drawTaus(
  { observed, error, freedom }: { observed: number; error: number; freedom: number },
  uniform: () => number,
  count: number,
): Float64Array {
  const scale = Math.sqrt(observed + error);
  const at = (u: number): number => (scale * u) / (1 - u);
  const logs = Float64Array.from({ length: GRID }, (_, g) => {
    const u = (g + 0.5) / GRID;
    const all = at(u) * at(u) + error;
    return -2 * log64(1 - u) - (freedom / 2) * (log64(all) + observed / all);
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
 * Replaces `errors` [teams, draws] by draws of true totals, up to a number that all teams share: the normal model with teams from one
 * population of unknown mean and deviation tau, both with flat priors (Lindley, Smith 1972; Gelman 2006). Each draw is conditioned on the
 * data by Matheron's rule: true = prior + gain (total + error - prior), gain = tau^2 / (tau^2 + errorVariance). If the teams are far apart
 * compared with the errors, the gain is 1 and the result total + error. With two teams tau cannot be estimated, and the gain is 1.
 * `errorVariance`: of a team's error about the mean error of all teams, with n - 1; one for all teams, since ten raters do not show which
 * teams have smaller errors.
 */
export function drawTrueTotals(
  totals: Float64Array,
  errors: Float64Array,
  errorVariance: number,
  random: Random,
): void {
  const n = totals.length;
  const draws = errors.length / n;
  for (let t = 0; t < n; t++) for (let b = 0; b < draws; b++) errors[t * draws + b] += totals[t];
  if (n < 3 || !(errorVariance > 0)) return;
  const middle = totals.reduce((s, x) => s + x, 0) / n;
  const observed = totals.reduce((s, x) => s + (x - middle) * (x - middle), 0) / (n - 1);
  random.at(0, 0);
  const taus = drawTaus({ observed, error: errorVariance, freedom: n - 1 }, () => random.uniform(), draws);
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
