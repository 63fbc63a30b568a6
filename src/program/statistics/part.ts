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
export interface ItemsPart extends Weighted {
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
export function checkStage({ teams, parts, running }: Stage): void {
  const need = (holds: boolean, what: string): void => {
    if (!holds) throw new RangeError(what);
  };
  const whole = (x: number, from: number): boolean => Number.isSafeInteger(x) && x >= from;
  const finite = (list: ArrayLike<number>): boolean => Array.prototype.every.call(list, Number.isFinite);
  need(whole(teams, 1), `${teams} teams`);
  need(
    running?.every((team, i) => whole(team, i === 0 ? 0 : running[i - 1]! + 1) && team < teams) ?? true,
    `running teams ${running}`,
  );
  for (const [at, part] of parts.entries()) {
    const name = `part ${at} (${part.kind})`;
    need(part.weight >= 0 && part.weight < Infinity, `${name}: a weight of ${part.weight}`);
    need(
      part.given === undefined ||
        (part.given.length === teams && part.given.every((points) => points === undefined || Number.isFinite(points))),
      `${name}: given points that are not finite numbers of ${teams} teams`,
    );
    switch (part.kind) {
      case 'fixed':
        need(
          part.points.length === teams && finite(part.points),
          `${name}: points that are not ${teams} finite numbers`,
        );
        break;
      case 'items': {
        const items = part.results[0]?.length ?? 0;
        need(part.results.length === teams && items > 0, `${name}: not ${teams} teams with results`);
        need(
          part.results.every((one) => one.length === items && finite(one)),
          `${name}: results that are not ${items} finite numbers for each team`,
        );
        break;
      }
      case 'raters': {
        const trim = part.trim ?? 0;
        need(
          whole(trim, 0) && part.points.length > 2 * trim,
          `${name}: ${part.points.length} raters, trimmed by ${trim}`,
        );
        need(
          part.points.every((one) => one.length === teams && finite(one)),
          `${name}: ratings that are not ${teams} finite numbers for each rater`,
        );
        break;
      }
      case 'pairs':
        need(teams > 1 && part.judgements.length > 0, `${name}: nothing to compare`);
        need((part.prior ?? 1) > 0 && (part.prior ?? 1) < Infinity, `${name}: a prior of ${part.prior}`);
        break;
    }
  }
}
