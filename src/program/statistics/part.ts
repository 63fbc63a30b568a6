// A stage as data: parts whose points add up to a team's total. Teams are numbers from 0. Knows no rule book.

import type { Judgement } from './bradley-terry.ts';

interface Weighted {
  /** The most points that the part can give. */
  weight: number;
  /** Points of a team that are given from elsewhere, whatever is drawn: they are exact. None where left out. [teams] */
  given?: readonly (number | undefined)[];
}

/** Points that nothing is drawn for, or whose inputs are not known. */
interface FixedPart extends Weighted {
  kind: 'fixed';
  /** Of each team. */
  points: ArrayLike<number>;
}

/** Results on the same items, which stand for all items that could have been asked. */
interface ItemsPart extends Weighted {
  kind: 'items';
  /** Team by item. */
  results: readonly ArrayLike<number>[];
  /** From a mean result to points, never falling; mean times weight when left out. */
  points?: (mean: number) => number;
}

/** Points by raters who all rated all teams, and who stand for all raters that could have been asked. */
export interface RatersPart extends Weighted {
  kind: 'raters';
  /** Rater by team. */
  points: readonly ArrayLike<number>[];
  /** How many of the highest and how many of the lowest ratings of a team are left out; 0 when left out. */
  trim?: number;
}

/** Judgements of pairs by users, who stand for all users that could have been asked. */
export interface PairsPart extends Weighted {
  kind: 'pairs';
  judgements: readonly (Judgement & { user: number })[];
  /** Ties added to each team (`bradleyTerry`), above zero; 1 when left out. */
  prior?: number;
  /** From strengths to points; `winShares` times weight when left out. */
  points?: (strengths: Float64Array) => ArrayLike<number>;
}

export type Part = FixedPart | ItemsPart | RatersPart | PairsPart;

export interface Stage {
  teams: number;
  parts: readonly Part[];
  /** The teams that places are shared out among, by rising number; all where left out. */
  running?: readonly number[];
}

/** Throws a RangeError that names the part where a stage's shape or a number is wrong. */
export function checkStage({ teams, parts, running = [] }: Stage): void {
  const need = (holds: boolean, what: string): void => {
    if (!holds) throw new RangeError(what);
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
    const check = (holds: boolean, what: string): void => need(holds, `part ${at} (${kind}): ${what}`);
    check(weight >= 0 && weight < Infinity, `a weight of ${weight}`);
    const areGiven =
      given?.length === teams && given.every((points) => points === undefined || Number.isFinite(points));
    check(given === undefined || areGiven, `given points that are not finite numbers of ${teams} teams`);
    if (kind === 'fixed') check(areFinite([part.points], teams), `points that are not ${teams} finite numbers`);
    else if (kind === 'items') {
      const items = part.results[0]?.length ?? 0;
      check(part.results.length === teams && items > 0, `not ${teams} teams with results`);
      check(areFinite(part.results, items), `results that are not ${items} finite numbers for each team`);
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
