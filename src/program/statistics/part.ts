// A stage as input of the statistics: parts whose points add up to a team's total. Teams are numbers from 0. Knows no rule book.

import type { Judgement } from './bradley-terry.ts';

interface Weighted {
  /** Maximum points of the part. */
  weight: number;
  /** Points of a team that are the same in every draw; undefined for a team that is resampled. [teams] */
  given?: readonly (number | undefined)[];
  /** Standard errors of given points; undefined for a team: their certainty is not known. [teams] */
  givenErrors?: readonly (number | undefined)[];
  /** Too few units for a certainty by the rules of the stage: it is not known. */
  isFew?: boolean;
}

/** Points that are not resampled: entered figures, and what a single unit gave. */
interface FixedPart extends Weighted {
  kind: 'fixed';
  /** By team. */
  points: ArrayLike<number>;
  /** Their standard error, where it is stated; without it their certainty is not known. */
  error?: number;
  /** Whether they were entered: facts, whose error decides only where the points may lie otherwise. */
  isEntered?: boolean;
}

/** Results of all teams on the same items: a sample of all possible items. */
interface ItemsPart extends Weighted {
  kind: 'items';
  /** Team by item. */
  results: readonly ArrayLike<number>[];
  /** The cluster of each item: what is resampled, where several items are about one text. Default: every item stands for itself. */
  clusters?: ArrayLike<number>;
  /** Converts a mean result to points, monotonically; default: mean times weight. */
  points?: (mean: number) => number;
}

/** Points by raters who all rated all teams: a sample of all possible raters. */
export interface RatersPart extends Weighted {
  kind: 'raters';
  /** Rater by team. */
  points: readonly ArrayLike<number>[];
  /** Number of the highest, and of the lowest, ratings of a team that are left out; default 0. */
  trim?: number;
  /** Variance that rounding to whole steps adds to a rater's points: the sum of step^2 / 12 over what he marks. */
  rounding?: number;
}

/** Pairwise judgements by users: a sample of all possible users. */
export interface PairsPart extends Weighted {
  kind: 'pairs';
  judgements: readonly (Judgement & { user: number })[];
  /** Ties added to each team (`addPrior`), above zero; default 1. */
  prior?: number;
  /** Converts strengths to points; default: `winShares` times weight. */
  points?: (strengths: Float64Array) => ArrayLike<number>;
}

export type Part = FixedPart | ItemsPart | RatersPart | PairsPart;

export interface Stage {
  teams: number;
  parts: readonly Part[];
  /** The teams that compete for places, in rising order; default: all. */
  running?: readonly number[];
}

/** Checks shapes and numbers of a stage. @throws RangeError naming the part */
export function checkStage({ teams, parts, running = [] }: Stage): void {
  const need = (holds: boolean, message: string): void => {
    if (!holds) throw new RangeError(message);
  };
  const isWhole = (x: number, from: number): boolean => Number.isSafeInteger(x) && x >= from;
  /** Whether each row has `length` finite numbers. */
  const areFinite = (rows: readonly ArrayLike<number>[], length: number): boolean =>
    rows.every((row) => row.length === length && Array.prototype.every.call(row, Number.isFinite));
  need(isWhole(teams, 1), `${teams} teams`);
  const isRising = running.every((team, i) => isWhole(team, i === 0 ? 0 : running[i - 1]! + 1) && team < teams);
  need(isRising, `running teams ${running}`);
  for (const [at, part] of parts.entries()) {
    const { kind, weight, given } = part;
    const check = (holds: boolean, message: string): void => need(holds, `part ${at} (${kind}): ${message}`);
    check(weight >= 0 && weight < Infinity, `a weight of ${weight}`);
    const areGiven =
      given?.length === teams && given.every((points) => points === undefined || Number.isFinite(points));
    const errors = [
      ...(part.givenErrors ?? []),
      part.kind === 'fixed' ? part.error : part.kind === 'raters' ? part.rounding : 0,
    ];
    check(
      errors.every((error = 0) => error >= 0 && error < Infinity),
      `errors of ${errors}`,
    );
    check(given === undefined || areGiven, `given points that are not finite numbers of ${teams} teams`);
    if (kind === 'fixed') check(areFinite([part.points], teams), `points that are not ${teams} finite numbers`);
    else if (kind === 'items') {
      const items = part.results[0]?.length ?? 0;
      check(part.results.length === teams && items > 0, `not ${teams} teams with results`);
      check(areFinite(part.results, items), `results that are not ${items} finite numbers for each team`);
      const { clusters } = part;
      check(clusters === undefined || areFinite([clusters], items), `clusters that are not ${items} numbers`);
    } else if (kind === 'raters') {
      const { points, trim = 0 } = part;
      check(isWhole(trim, 0) && points.length > 2 * trim, `${points.length} raters, trimmed by ${trim}`);
      check(areFinite(points, teams), `ratings that are not ${teams} finite numbers for each rater`);
    } else {
      const { judgements, prior = 1 } = part;
      check(teams > 1 && judgements.length > 0, 'nothing to compare');
      check(prior > 0 && prior < Infinity, `a prior of ${prior}`);
    }
  }
}
