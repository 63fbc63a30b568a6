// Standings of a stage and how sure they are: points with their errors by resampling, and the chance of each place. Decides nothing:
// rounding, ties and who goes are `ranking.ts` and the rule book.

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
  /** Mean of the drawn points: apart from `points` by more than chance where the score is biased. */
  mean: number;
  /** Null where the part has no units to draw from, or one only. */
  standardError: number | null;
  /** Interval of the level asked for, within 0 and the weight; both ends are the points where there is no standard error. */
  low: number;
  high: number;
}

/** Chances are those of the true totals: what endless items, raters and users would give. They stand in the order of `running`. */
export interface Standings extends Chances {
  draws: number;
  level: number;
  /** Part by team. */
  parts: Points[][];
  totals: Points[];
}

export interface StandingsOptions {
  seed: Seed;
  /** 10,000 when left out. */
  draws?: number;
  /** Of the intervals; 0.95 when left out. */
  level?: number;
}

/** Points, standard errors, intervals and chances. docs/statistics.md says what each one means. The stage as `checkStage` wants it. */
export function standings(stage: Stage, { seed, draws = 10_000, level = 0.95 }: StandingsOptions): Standings {
  checkStage(stage);
  if (!(Number.isSafeInteger(draws) && draws > 0)) throw new RangeError(`${draws} draws`);
  if (!(level > 0 && level < 1)) throw new RangeError(`a level of ${level}`);
  const { teams } = stage;
  const running = stage.running ?? Array.from({ length: teams }, (_, t) => t);
  const resampling = new Resampling({ teams, running, draws, level, seed });
  const parts = stage.parts.map((part, at) => resampling.add(part, at));
  // Who is out of the running says nothing of where the others stand.
  const errors = new Float64Array(running.length * draws);
  running.forEach((t, i) => void errors.set(resampling.errorsOf(t), i * draws));
  const points = Float64Array.from(running, (t) => resampling.sums[t]!.points);
  const totals = resampling.sums.map((_, t) => resampling.total(t));
  drawTrueTotals(points, errors, resampling.variance, draws, new Random(seed, 'field'));
  return { draws, level, parts, totals, ...chancesOf(errors, running.length, draws) };
}

interface Setting extends Required<StandingsOptions> {
  teams: number;
  running: readonly number[];
}

/** Points that nothing is drawn for. */
const exact = (points: number): Points => ({ points, mean: points, standardError: null, low: points, high: points });

/** Draws parts one after the other and adds them up. */
class Resampling {
  /** Of each team, over parts. `least` and `most`: what it has whatever is drawn, what is exact counts in both. */
  readonly sums: { points: number; mean: number; variance: number; least: number; most: number; isDrawn: boolean }[];
  /** Variance of a running team's error about the mean error of all of them, with n - 1, on average over them. */
  variance = 0;
  readonly #setting: Setting;
  readonly #units: Random;
  readonly #factors: Random;
  /** Draws of the totals' errors: [teams, draws]. */
  readonly #errors: Float64Array;
  /** Points in each draw, [teams, width]: width is whole blocks. */
  readonly #drawn: Float64Array;
  readonly #width: number;
  /** One team's errors, which quantiles put into another order. */
  readonly #one: Float64Array;

  constructor(setting: Setting) {
    const { teams, draws, seed } = setting;
    this.#setting = setting;
    this.#units = new Random(seed, 'units');
    this.#factors = new Random(seed, 'student');
    this.#width = Math.ceil(draws / BLOCK) * BLOCK;
    this.#drawn = new Float64Array(teams * this.#width);
    this.#one = new Float64Array(draws);
    this.#errors = new Float64Array(teams * draws);
    const none = { points: 0, mean: 0, variance: 0, least: 0, most: 0, isDrawn: false };
    this.sums = Array.from({ length: teams }, () => ({ ...none }));
  }

  /**
   * A part's error in a draw is (drawn points - points) * sqrt(n / (n - 1)) * Student's factor, n its units: the root makes the variance
   * of a mean unbiased, the factor gives it the tails that an estimated variance asks for. The standard error is without the factor.
   */
  add(part: Part, at: number): Points[] {
    const { teams, running, draws } = this.#setting;
    const { points, units, degrees, score } = samplerOf(part, teams);
    const errors = this.#errors;
    const width = this.#width;
    const drawn = this.#drawn;
    const one = this.#one;
    const unbiased = degrees < 1 ? 1 : units / (units - 1);
    if (degrees >= 1) {
      const counts = new Float64Array(BLOCK * units);
      for (let b = 0; b < draws; b += BLOCK) {
        drawCounts(this.#units, at, b, units, counts);
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
        sums.least += own;
        sums.most += own;
        return exact(own);
      }
      sums.isDrawn = true;
      sums.most += part.weight;
      let sum = 0;
      let squares = 0;
      for (let b = 0; b < draws; b++) {
        const error = drawn[t * width + b] - own;
        sum += error;
        squares += error * error;
        one[b] = error * factors[b];
        errors[t * draws + b] += one[b];
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
    const { points, mean, variance, least, most, isDrawn } = this.sums[team]!;
    if (!isDrawn) return exact(points);
    this.#one.set(this.errorsOf(team));
    return { points, mean, standardError: Math.sqrt(variance), ...this.#interval(points, least, most) };
  }

  /** Around `center`, from the errors in #one. Ends beyond `least` or `most` are drawn in, unless the points themselves are beyond. */
  #interval(center: number, least: number, most: number): { low: number; high: number } {
    const { level } = this.#setting;
    const low = center + quantile(this.#one, (1 - level) / 2);
    const high = center + quantile(this.#one, (1 + level) / 2);
    return { low: Math.max(low, Math.min(least, center)), high: Math.min(high, Math.max(most, center)) };
  }
}

/** Mean over draws of the variance, over `teams` with n - 1, of drawn points less points. 0 for one team. */
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
