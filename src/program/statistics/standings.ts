// Standings of a stage and their certainty: points with errors by resampling, and the chance of each place. Decides nothing: ranking.ts
// and the rule book do.

import type { Seed } from '../../engine/index.ts';
import { type Chances, chancesOf } from './chances.ts';
import { checkStage, type Part, type Stage } from './part.ts';
import { quantile } from './quantile.ts';
import { Random } from './random.ts';
import { BLOCK, drawCounts, samplerOf } from './resample.ts';
import { drawTrueTotals } from './true-totals.ts';

/** Points of one team. */
interface Points {
  points: number;
  /** Mean of the drawn points; it differs from `points` by more than chance if the score is biased. */
  mean: number;
  /** Null if the part has no units, or only one. */
  standardError: number | null;
  /** Interval of the requested level, within 0 and the weight; both ends are `points` without a standard error. */
  low: number;
  high: number;
}

/** Chances are those of the true totals, which infinitely many items, raters and users would give; in the order of `running`. */
export interface Standings extends Chances {
  draws: number;
  level: number;
  /** By part, then by team. */
  parts: Points[][];
  totals: Points[];
}

export interface StandingsOptions {
  seed: Seed;
  /** Default 10,000. */
  draws?: number;
  /** Level of the intervals; default 0.95. */
  level?: number;
}

/** Points, standard errors, intervals and chances; docs/statistics.md defines them. @throws RangeError as `checkStage` */
export function standings(stage: Stage, { seed, draws = 10_000, level = 0.95 }: StandingsOptions): Standings {
  checkStage(stage);
  if (!(Number.isSafeInteger(draws) && draws > 0)) throw new RangeError(`${draws} draws`);
  if (!(level > 0 && level < 1)) throw new RangeError(`a level of ${level}`);
  const { teams } = stage;
  const running = stage.running ?? Array.from({ length: teams }, (_, t) => t);
  const resampling = new Resampling({ teams, running, draws, level, seed });
  const parts = stage.parts.map((part, at) => resampling.add(part, at));
  // Teams that do not compete tell nothing about the places of the others.
  const errors = new Float64Array(running.length * draws);
  running.forEach((t, i) => void errors.set(resampling.errorsOf(t), i * draws));
  const points = Float64Array.from(running, (t) => resampling.sums[t]!.points);
  const totals = resampling.sums.map((_, t) => resampling.total(t));
  drawTrueTotals(points, errors, resampling.variance, new Random(seed, 'field'));
  return { draws, level, parts, totals, ...chancesOf(errors, running.length, draws) };
}

interface Setting extends Required<StandingsOptions> {
  teams: number;
  running: readonly number[];
}

/** Points that are not resampled. */
const exact = (points: number): Points => ({ points, mean: points, standardError: null, low: points, high: points });

/** Resamples parts one after another, and sums them. */
class Resampling {
  /** By team, over all parts. `min` and `max`: bounds of the total; exact points count in both. */
  readonly sums: { points: number; mean: number; variance: number; min: number; max: number; isDrawn: boolean }[];
  /** Variance of a competing team's error about the mean error of all competing teams, with n - 1, averaged over them. */
  variance = 0;
  readonly #setting: Setting;
  readonly #units: Random;
  readonly #factors: Random;
  /** Draws of the totals' errors: [teams, draws]. */
  readonly #errors: Float64Array;
  /** Points in each draw: [teams, width], with a width of whole blocks. */
  readonly #drawn: Float64Array;
  readonly #width: number;
  /** Errors of one team; `quantile` reorders them. */
  readonly #teamErrors: Float64Array;

  constructor(setting: Setting) {
    const { teams, draws, seed } = setting;
    this.#setting = setting;
    this.#units = new Random(seed, 'units');
    this.#factors = new Random(seed, 'student');
    this.#width = Math.ceil(draws / BLOCK) * BLOCK;
    this.#drawn = new Float64Array(teams * this.#width);
    this.#teamErrors = new Float64Array(draws);
    this.#errors = new Float64Array(teams * draws);
    const none = { points: 0, mean: 0, variance: 0, min: 0, max: 0, isDrawn: false };
    this.sums = Array.from({ length: teams }, () => ({ ...none }));
  }

  /**
   * A part's error in a draw is (drawn points - points) * sqrt(n / (n - 1)) * Student's factor, with n units: the root makes the variance
   * of a mean unbiased, the factor gives the tails of an estimated variance. The standard error is without the factor.
   */
  add(part: Part, at: number): Points[] {
    const { teams, running, draws } = this.#setting;
    const { points, units, degrees, score } = samplerOf(part, teams);
    const errors = this.#errors;
    const width = this.#width;
    const drawn = this.#drawn;
    const teamErrors = this.#teamErrors;
    const unbiased = degrees < 1 ? 1 : units / (units - 1);
    if (degrees >= 1) {
      const counts = new Float64Array(BLOCK * units);
      for (let b = 0; b < draws; b += BLOCK) {
        drawCounts(this.#units, at, b, counts);
        score(counts, drawn, width, b);
      }
      this.variance += unbiased * errorVariance(running, points, { drawn, width, draws });
    }
    const factors = Float64Array.from({ length: degrees < 1 ? 0 : draws }, (_, b) => {
      this.#factors.at(at, b);
      return Math.sqrt(unbiased) * this.#factors.student(degrees);
    });
    return Array.from(points, (own, t): Points => {
      const sums = this.sums[t]!;
      sums.points += own;
      if (degrees < 1 || part.given?.[t] !== undefined) {
        sums.mean += own;
        sums.min += own;
        sums.max += own;
        return exact(own);
      }
      sums.isDrawn = true;
      sums.max += part.weight;
      let sum = 0;
      let squares = 0;
      for (let b = 0; b < draws; b++) {
        const error = drawn[t * width + b] - own;
        sum += error;
        squares += error * error;
        teamErrors[b] = error * factors[b];
        errors[t * draws + b] += teamErrors[b];
      }
      const mean = own + sum / draws;
      const variance = unbiased * Math.max(0, squares / draws - (sum / draws) * (sum / draws));
      sums.mean += mean;
      sums.variance += variance;
      return { points: own, mean, standardError: Math.sqrt(variance), ...this.#interval(own, 0, part.weight) };
    });
  }

  errorsOf = (team: number): Float64Array =>
    this.#errors.subarray(team * this.#setting.draws, (team + 1) * this.#setting.draws);

  total(team: number): Points {
    const { points, mean, variance, min, max, isDrawn } = this.sums[team]!;
    if (!isDrawn) return exact(points);
    this.#teamErrors.set(this.errorsOf(team));
    return { points, mean, standardError: Math.sqrt(variance), ...this.#interval(points, min, max) };
  }

  /** The interval around `center` by #teamErrors, clamped to `min` and `max` unless `center` itself is beyond. */
  #interval(center: number, min: number, max: number): { low: number; high: number } {
    const { level } = this.#setting;
    const low = center + quantile(this.#teamErrors, (1 - level) / 2);
    const high = center + quantile(this.#teamErrors, (1 + level) / 2);
    return { low: Math.max(low, Math.min(min, center)), high: Math.min(high, Math.max(max, center)) };
  }
}

/** Mean over draws of the variance, over `teams` with n - 1, of drawn points minus points. 0 for one team. */
function errorVariance(
  teams: readonly number[],
  points: Float64Array,
  { drawn, width, draws }: { drawn: Float64Array; width: number; draws: number },
): number {
  const n = teams.length;
  if (n < 2) return 0;
  let all = 0;
  for (let b = 0; b < draws; b++) {
    let sum = 0;
    let squares = 0;
    for (const t of teams) {
      const error = drawn[t * width + b] - points[t];
      sum += error;
      squares += error * error;
    }
    all += squares - (sum * sum) / n;
  }
  return all / draws / (n - 1);
}
