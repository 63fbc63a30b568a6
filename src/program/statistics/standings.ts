// Standings of a stage and their certainty: points with errors by resampling, and the chance of each place. Decides nothing: ranking.ts
// and the rule book do.

import type { Seed } from '../../engine/index.ts';
import { type Chances, chancesOf } from './chances.ts';
import { checkStage, type PairsPart, type Part, type Stage } from './part.ts';
import { Random } from './random.ts';
import { BLOCK, drawCounts, type Sampler, samplerOf } from './resample.ts';
import { drawTrueTotals } from './true-totals.ts';

/** Moves the k-th smallest value to index k, with no larger one before and no smaller one after it (Hoare's Find). */
function select(values: Float64Array, k: number): void {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    // The median of three as pivot, so that sorted input is not slower.
    const a = values[low];
    const b = values[(low + high) >> 1];
    const c = values[high];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const x = values[i];
        values[i++] = values[j];
        values[j--] = x;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

/** The `p`-quantile, linear between order statistics (type 7 of Hyndman and Fan 1996). Reorders `values`. */
export function quantile(values: Float64Array, p: number): number {
  const at = p * (values.length - 1);
  const k = Math.floor(at);
  select(values, k);
  if (at === k) return values[k];
  let next = Infinity;
  for (let i = k + 1; i < values.length; i++) if (values[i] < next) next = values[i];
  return values[k] + (at - k) * (next - values[k]);
}

/** Points of one team. */
interface Points {
  points: number;
  /** Mean of the drawn points; it differs from `points` by more than chance if the score is biased. */
  mean: number;
  /** Null where it is not known, or nothing is resampled. */
  standardError: number | null;
  /** Of the requested level, within 0 and the weight; null as the standard error. */
  interval: [low: number, high: number] | null;
}

type Range = [least: number, most: number];

/**
 * Why the certainty of a part is not known: `least`: fewer units than the rules ask for; `single`: one unit counts; `fewJudged`: too few users or
 * comparisons; `alike`: all units gave the same; `noError`: a figure without a stated error.
 */
export type Uncertainty = 'least' | 'single' | 'fewJudged' | 'alike' | 'noError';

/** Chances are those of the true totals, which infinitely many items, raters and users would give; in the order of `running`. */
export interface Standings extends Chances {
  draws: number;
  level: number;
  /** By part, then by team. */
  parts: Points[][];
  totals: Points[];
  /**
   * The parts whose certainty is not known for a team in the running, and whether the order of those teams is the same for every value of their points.
   * `reasons` [parts]; `ranges` [running]: where a team's total lies for every such value.
   */
  notKnown: { parts: number[]; reasons: Uncertainty[]; isSettled: boolean; ranges: Range[] };
}

export interface StandingsOptions {
  seed: Seed;
  /** Default 10,000. */
  draws?: number;
  /** Level of the intervals; default 0.95. */
  level?: number;
  /** 1: what decisions of document version 1 were computed with, where a part of one unit is exact. Default 2. */
  version?: 1 | 2;
}

/** Points, standard errors, intervals and chances; docs/statistics.md defines them. @throws RangeError as `checkStage` */
export function standings(
  stage: Stage,
  { seed, draws = 10_000, level = 0.95, version = 2 }: StandingsOptions,
): Standings {
  checkStage(stage);
  if (!(Number.isSafeInteger(draws) && draws > 0)) throw new RangeError(`${draws} draws`);
  if (!(level > 0 && level < 1)) throw new RangeError(`a level of ${level}`);
  const { teams } = stage;
  const running = stage.running ?? Array.from({ length: teams }, (_, t) => t);
  const resampling = new Resampling({ teams, running, draws, level, seed, version });
  const parts = stage.parts.map((part, at) => resampling.add(part, at));
  const points = Float64Array.from(running, (t) => resampling.sums[t]!.points);
  const totals = resampling.sums.map((_, t) => resampling.total(t));
  const open = stage.parts.map((_, at) => running.map((t) => resampling.open[at]![t]!));
  const ranges = running.map((t, i): Range => {
    const least = open.reduce((rest, part, at) => (part[i]! > 0 ? rest - parts[at]![t]!.points : rest), points[i]!);
    return [least, open.reduce((sum, part) => sum + part[i]!, least)];
  });
  const isSettled = areApart(ranges, ranges);
  const isFact = (at: number): boolean => isSettled && resampling.isEntered[at]!;
  const uncertain = [...open.keys()].filter((at) => open[at]!.some((most) => most > 0) && !isFact(at));
  const reasons = uncertain.map((at) => resampling.reasons[at]!);
  const notKnown = { parts: uncertain, reasons, isSettled, ranges };
  // What nobody knows has no chance. Entered figures are facts where no error of theirs could change the order.
  if (notKnown.parts.length > 0) return { draws, level, parts, totals, notKnown, place: [], above: [] };
  // Teams that do not compete tell nothing about the places of the others.
  const errors = new Float64Array(running.length * draws);
  running.forEach((t, i) => void errors.set(resampling.errorsOf(t), i * draws));
  drawTrueTotals(points, errors, resampling.variance, new Random(seed, 'field'));
  return { draws, level, parts, totals, notKnown, ...chancesOf(errors, running.length, draws) };
}

/** Whether no total in a range of `some` changes its order with one of `others`; two that are known do not. */
export const areApart = (some: readonly Range[], others: readonly Range[]): boolean =>
  some.every((a) => others.every((b) => a === b || a[0] > b[1] || b[0] > a[1] || (a[0] === a[1] && b[0] === b[1])));

interface Setting extends Required<StandingsOptions> {
  teams: number;
  running: readonly number[];
}

/** Points that are the same in every draw: exactly, or with a certainty that nobody knows. */
const unresampled = (points: number): Points => ({ points, mean: points, standardError: null, interval: null });

/** Chances that fewer users, or fewer judgements for each team, make were too sure by more than 5 points (docs/statistics.md). */
const MIN_USERS = 4;
const MIN_JUDGEMENTS = 10;
/** Variance of points, as a share of the weight squared, below which units differ by rounding of the fit alone. */
const NO_SPREAD = 1e-12;

/** Whether so few people compared, or compared some competing team so seldom, that nobody knows how certain the points are. */
function isFewJudged({ judgements }: PairsPart, units: number, teams: number, running: readonly number[]): boolean {
  if (units < MIN_USERS || judgements.length < MIN_JUDGEMENTS * teams) return true;
  const often = new Float64Array(teams);
  for (const { a, b } of judgements) for (const team of [a, b]) often[team]++;
  return running.some((team) => often[team]! < MIN_JUDGEMENTS);
}
/** Degrees that the prior of a part's spread counts for. */
const PRIOR_DEGREES = 4;
/** What the prior takes the spread of a single unit to be, about what all teams have in common: a share of the part's weight. */
const PRIOR_SPREAD = { raters: 0.07, items: 0.45 };

/** Resamples parts one after another, and sums them. */
class Resampling {
  /** By team, over all parts. `min` and `max`: bounds of the total; exact points count in both. */
  readonly sums: {
    points: number;
    mean: number;
    variance: number;
    min: number;
    max: number;
    isDrawn: boolean;
    isKnown: boolean;
  }[];
  /** Variance of a competing team's error about the mean error of all competing teams, with n - 1, averaged over them. */
  variance = 0;
  /** By part, then by team: the weight of a part whose certainty is not known, else 0. */
  readonly open: number[][] = [];
  /** By part: whether what is not known of it was entered. */
  readonly isEntered: boolean[] = [];
  /** By part: why its certainty is not known, where it is not. */
  readonly reasons: Uncertainty[] = [];
  readonly #setting: Setting;
  readonly #units: Random;
  readonly #factors: Random;
  readonly #normals: Random;
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
    this.#normals = new Random(seed, 'normals');
    this.#width = Math.ceil(draws / BLOCK) * BLOCK;
    this.#drawn = new Float64Array(teams * this.#width);
    this.#teamErrors = new Float64Array(draws);
    this.#errors = new Float64Array(teams * draws);
    const none = { points: 0, mean: 0, variance: 0, min: 0, max: 0, isDrawn: false, isKnown: true };
    this.sums = Array.from({ length: teams }, () => ({ ...none }));
  }

  add(part: Part, at: number): Points[] {
    const { teams, draws, version } = this.#setting;
    const sampler = samplerOf(part, teams);
    const { points } = sampler;
    this.open.push(Array.from(points, () => 0));
    const found = version === 2 && part.isFew ? 'least' : this.#resample(sampler, part, at);
    const model = typeof found === 'string' ? undefined : found;
    this.isEntered.push(model !== undefined || (part.kind === 'fixed' && part.isEntered === true));
    // With a model only what was given in place of results can be uncertain.
    this.reasons.push(typeof found === 'string' && part.kind !== 'fixed' ? found : 'noError');
    const stated = part.kind === 'fixed' ? part.error : undefined;
    return Array.from(points, (own, t): Points => {
      const sums = this.sums[t]!;
      sums.points += own;
      const isGiven = part.given?.[t] !== undefined;
      const error = isGiven ? part.givenErrors?.[t] : stated;
      if (error !== undefined && version === 2) return this.#withError(own, t, { part, at, error });
      if (isGiven || !model) {
        sums.mean += own;
        sums.min += own;
        sums.max += own;
        if (version === 2 && part.weight > 0) {
          this.open[at]![t] = part.weight;
          sums.isKnown = false;
        }
        return unresampled(own);
      }
      sums.isDrawn = true;
      sums.max += part.weight;
      const { mean, variance } = model.errorsOf(t, this.#teamErrors);
      for (let b = 0; b < draws; b++) this.#errors[t * draws + b] += this.#teamErrors[b]!;
      sums.mean += own + mean;
      sums.variance += variance;
      const standardError = Math.sqrt(variance);
      return { points: own, mean: own + mean, standardError, interval: this.#interval(own, 0, part.weight) };
    });
  }

  /** Points with a stated standard error: normal, of each team by itself. */
  #withError(own: number, t: number, { part, at, error }: { part: Part; at: number; error: number }): Points {
    const { teams, running, draws } = this.#setting;
    const sums = this.sums[t]!;
    sums.isDrawn = true;
    sums.mean += own;
    sums.max += part.weight;
    sums.variance += error * error;
    if (running.includes(t)) this.variance += (error * error) / running.length;
    for (let b = 0; b < draws; b++) {
      this.#normals.at(at * (teams + 2) + t, b);
      this.#teamErrors[b] = error * this.#normals.normal();
      this.#errors[t * draws + b] += this.#teamErrors[b]!;
    }
    return { points: own, mean: own, standardError: error, interval: this.#interval(own, 0, part.weight) };
  }

  /**
   * A part's error in a draw is (drawn points - points) * sqrt(n / (n - 1)) * Student's factor, with n units: the root makes the variance
   * of a mean unbiased, the factor gives the tails of an estimated variance. The standard error is without the factor. In version 2 raters and
   * items have a prior: docs/statistics.md, "Few units". The reason where the certainty is not known.
   */
  #resample(
    { points, units, degrees, score }: Sampler,
    part: Part,
    at: number,
  ): { errorsOf: (t: number, errors: Float64Array) => { mean: number; variance: number } } | Uncertainty {
    const { teams, running, draws, version } = this.#setting;
    if (degrees < 1) return 'single';
    if (version === 2 && part.kind === 'pairs' && isFewJudged(part, units, teams, running)) return 'fewJudged';
    const drawn = this.#drawn;
    const width = this.#width;
    const counts = new Float64Array(BLOCK * units);
    for (let b = 0; b < draws; b += BLOCK) {
      drawCounts(this.#units, at, b, counts);
      score(counts, drawn, width, b);
    }
    const unbiased = units / (units - 1);
    const own = unbiased * errorVariance(running, points, { drawn, width, draws });
    if (version === 2 && !(own > NO_SPREAD * part.weight ** 2) && running.length > 1) return 'alike';
    const prior = version === 2 && running.length > 1 ? this.#prior(part, { degrees, points, own }) : undefined;
    const { share, apart, together, freedom } = prior ?? { share: 1, apart: 0, together: 0, freedom: degrees };
    this.variance += share * own + apart;
    const factors = Float64Array.from({ length: draws }, (_, b) => {
      this.#factors.at(at, b);
      return this.#factors.student(freedom);
    });
    const normals = (stream: number, b: number): number => {
      this.#normals.at(at * (teams + 2) + stream, b);
      return this.#normals.normal();
    };
    const common = Float64Array.from({ length: together > 0 ? draws : 0 }, (_, b) => normals(teams, b));
    const [scale, ofTeam, ofAll] = [share * unbiased, apart, together].map(Math.sqrt) as [number, number, number];
    return {
      errorsOf: (t, errors) => {
        let sum = 0;
        let squares = 0;
        for (let b = 0; b < draws; b++) {
          const error = drawn[t * width + b]! - points[t]!;
          sum += error;
          squares += error * error;
          const beside = prior ? ofTeam * normals(t, b) + ofAll * common[b]! : 0;
          errors[b] = (scale * error + beside) * factors[b]!;
        }
        const mean = sum / draws;
        const ofDraws = unbiased * Math.max(0, squares / draws - mean * mean);
        return { mean, variance: share * ofDraws + apart + together };
      },
    };
  }

  /**
   * What few units do not show: the spread pooled over teams, with a scaled inverse chi-square prior on it, drawn with the degrees of both. `share`:
   * what the resampled errors count for; `apart`, `together`: variances of a mean, of each team by itself and of all together, that make up the rest.
   */
  #prior(
    part: Part,
    { degrees, points, own }: { degrees: number; points: Float64Array; own: number },
  ): { share: number; apart: number; together: number; freedom: number } | undefined {
    if (part.kind !== 'raters' && part.kind !== 'items') return undefined;
    const { running, draws } = this.#setting;
    const counted = degrees + 1;
    // Items of one cluster: their mean is a unit.
    const each = part.kind === 'items' && part.clusters ? part.results[0]!.length / counted : 1;
    const of = (PRIOR_SPREAD[part.kind] * part.weight) ** 2 / (counted * each);
    const pooled = degrees * (running.length - 1);
    const freedom = pooled + PRIOR_DEGREES;
    const spread = (pooled * own + PRIOR_DEGREES * of) / freedom;
    const share = degrees / (degrees + PRIOR_DEGREES);
    let squares = 0;
    for (let b = 0; b < draws; b++) {
      let sum = 0;
      for (const t of running) sum += this.#drawn[t * this.#width + b]! - points[t]!;
      squares += (sum / running.length) ** 2;
    }
    const all = (degrees * (squares / draws) * (counted / degrees) + PRIOR_DEGREES * of) / (degrees + PRIOR_DEGREES);
    const rounding = part.kind === 'raters' ? (part.rounding ?? 0) / counted : 0;
    return { share, apart: (1 - share) * spread + rounding, together: (1 - share) * all, freedom };
  }

  errorsOf = (team: number): Float64Array =>
    this.#errors.subarray(team * this.#setting.draws, (team + 1) * this.#setting.draws);

  total(team: number): Points {
    const { points, mean, variance, min, max, isDrawn, isKnown } = this.sums[team]!;
    if (!isDrawn || !isKnown) return unresampled(points);
    this.#teamErrors.set(this.errorsOf(team));
    return { points, mean, standardError: Math.sqrt(variance), interval: this.#interval(points, min, max) };
  }

  /** The interval around `center` by #teamErrors, clamped to `min` and `max` unless `center` itself is beyond. */
  #interval(center: number, min: number, max: number): [low: number, high: number] {
    const { level } = this.#setting;
    const low = center + quantile(this.#teamErrors, (1 - level) / 2);
    const high = center + quantile(this.#teamErrors, (1 + level) / 2);
    return [Math.max(low, Math.min(min, center)), Math.min(high, Math.max(max, center))];
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
