// Standings of a stage and how sure they are: points with their errors by resampling, and the chance of each place. Decides nothing:
// rounding, ties and who goes are `ranking.ts` and the rule book.

import type { Seed } from '../../engine/index.ts';
import { type Chances, chancesOf } from './chances.ts';
import { drawTrueTotals } from './field.ts';
import { checkStage, type Part, type Stage } from './part.ts';
import { quantile } from './quantile.ts';
import { Random } from './random.ts';
import { BLOCK, drawCounts, samplerOf } from './resample.ts';

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
  const parts = new Resampling(teams, running, draws, level, seed);
  const points = stage.parts.map((part, at) => parts.add(part, at));
  const totals = parts.totals();
  // Who is out of the running says nothing of where the others stand.
  const errors = new Float64Array(running.length * draws);
  running.forEach((t, i) => void errors.set(parts.errors.subarray(t * draws, (t + 1) * draws), i * draws));
  const own = Float64Array.from(running, (t) => parts.sums.points[t]!);
  drawTrueTotals(own, errors, parts.variance, draws, new Random(seed, 'field'));
  return { draws, level, parts: points, totals, ...chancesOf(errors, running.length, draws) };
}

/** Draws parts one after the other and adds them up. */
class Resampling {
  /** Draws of the totals' errors: [teams, draws]. */
  readonly errors: Float64Array;
  /** Variance of a running team's error about the mean error of all of them, with n - 1, on average over them. */
  variance = 0;
  /** Over parts, of each team. */
  readonly sums: Record<'points' | 'mean' | 'variance', Float64Array>;
  /** What each team has at least and at most, whatever is drawn: what is exact counts in both. */
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  /** Of which teams something is drawn. */
  readonly #drawnOf: boolean[];
  #teams: number;
  #running: readonly number[];
  #draws: number;
  #level: number;
  #units: Random;
  #factors: Random;
  /** Points in each draw, [teams, width]: width is whole blocks. */
  #drawn: Float64Array;
  #width: number;
  #one: Float64Array;

  constructor(teams: number, running: readonly number[], draws: number, level: number, seed: Seed) {
    this.#teams = teams;
    this.#running = running;
    this.#draws = draws;
    this.#level = level;
    this.#units = new Random(seed, 'units');
    this.#factors = new Random(seed, 'student');
    this.#width = Math.ceil(draws / BLOCK) * BLOCK;
    this.#drawn = new Float64Array(teams * this.#width);
    this.#one = new Float64Array(draws);
    this.errors = new Float64Array(teams * draws);
    const zeros = () => new Float64Array(teams);
    this.sums = { points: zeros(), mean: zeros(), variance: zeros() };
    this.#least = zeros();
    this.#most = zeros();
    this.#drawnOf = Array.from({ length: teams }, () => false);
  }

  /**
   * A part's error in a draw is (drawn points - points) * sqrt(n / (n - 1)) * Student's factor, n its units: the root makes the variance
   * of a mean unbiased, the factor gives it the tails that an estimated variance asks for. The standard error is without the factor.
   */
  add(part: Part, at: number): Points[] {
    const { points, units, degrees, score } = samplerOf(part, this.#teams);
    const { errors, sums } = this;
    const draws = this.#draws;
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
      this.variance += unbiased * apart(this.#running, points, drawn, width, draws);
    }
    const factors = Float64Array.from({ length: degrees < 1 ? 0 : draws }, (_, b) => {
      this.#factors.at(at, b);
      return Math.sqrt(unbiased) * this.#factors.student(degrees);
    });
    return Array.from(points, (own, t): Points => {
      sums.points[t] += own;
      if (degrees < 1 || part.given?.[t] !== undefined) {
        sums.mean[t] += own;
        this.#least[t] += own;
        this.#most[t] += own;
        return { points: own, mean: own, standardError: null, low: own, high: own };
      }
      this.#drawnOf[t] = true;
      this.#most[t] += part.weight;
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
      sums.mean[t] += mean;
      sums.variance[t] += variance;
      return { points: own, mean, standardError: Math.sqrt(variance), ...this.#interval(own, 0, part.weight) };
    });
  }

  totals(): Points[] {
    return Array.from(this.sums.points, (points, t): Points => {
      const mean = this.sums.mean[t];
      if (!this.#drawnOf[t]) return { points, mean, standardError: null, low: points, high: points };
      this.#one.set(this.errors.subarray(t * this.#draws, (t + 1) * this.#draws));
      return {
        points,
        mean,
        standardError: Math.sqrt(this.sums.variance[t]),
        ...this.#interval(points, this.#least[t]!, this.#most[t]!),
      };
    });
  }

  /** Around `center`, from the errors in #one. Ends beyond `least` or `most` are drawn in, unless the points themselves are beyond. */
  #interval(center: number, least: number, most: number): { low: number; high: number } {
    const low = center + quantile(this.#one, (1 - this.#level) / 2);
    const high = center + quantile(this.#one, (1 + this.#level) / 2);
    return { low: Math.max(low, Math.min(least, center)), high: Math.min(high, Math.max(most, center)) };
  }
}

/** Mean over draws of the variance, over `teams` with n - 1, of drawn points less points. 0 for one team. */
function apart(
  teams: readonly number[],
  points: Float64Array,
  drawn: Float64Array,
  width: number,
  draws: number,
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
