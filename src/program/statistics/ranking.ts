// Places from totals: rounded as the rules say, ties broken by parts in the order the rules name, then by lot or left equal. Knows
// nothing of errors and chances.

import type { Seed } from '../../engine/index.ts';
import { Random } from './random.ts';

interface RankingRules {
  /** Decimal places to which totals and parts are rounded before they are compared: 0 to 9. */
  decimals: number;
  /** Points of each team in the parts that break ties, the first to be asked first. [parts][teams] */
  tieBreaks: readonly ArrayLike<number>[];
  /** Draws lots among those who are still equal; without it they share a place. */
  lot?: Seed;
}

export interface Ranked {
  team: number;
  /** From 1. Equal teams share the better place, and the next one is skipped: 1, 2, 2, 4. */
  place: number;
  /** What put the team behind the one before it: the total, the tie-break of that index, or the lot; undefined for the first and for equals. */
  by: 'total' | number | 'lot' | undefined;
}

/**
 * Rounded to a whole number of units of the last decimal place, halves upwards. What lies within a millionth of a unit of a half
 * counts as the half: 1.005 is one, although the nearest binary number is below it.
 */
function unitsOf(points: number, decimals: number): number {
  return Math.floor(points * 10 ** decimals + 0.5 + 1e-6);
}

/** Teams in the order of their places, the first one first; equals by their index. */
export function ranking(totals: ArrayLike<number>, { decimals, tieBreaks, lot }: RankingRules): Ranked[] {
  if (!(Number.isInteger(decimals) && decimals >= 0 && decimals <= 9)) throw new RangeError(`${decimals} decimals`);
  for (const list of [totals, ...tieBreaks]) {
    if (list.length !== totals.length) throw new RangeError(`${list.length} points for ${totals.length} teams`);
    if (!Array.prototype.every.call(list, Number.isFinite)) throw new RangeError('points that are not finite numbers');
  }
  const random = lot === undefined ? undefined : new Random(lot, 'lot');
  const teams = Array.from(totals, (total, team) => {
    random?.at(0, team);
    return {
      team,
      keys: [total, ...tieBreaks.map((list) => list[team])].map((points) => unitsOf(points, decimals)),
      drawn: random?.word() ?? 0,
    };
  });
  type Team = (typeof teams)[number];
  /** Index of the first key in which they differ; -1 where they do not. */
  const differ = (a: Team, b: Team): number => a.keys.findIndex((key, i) => key !== b.keys[i]);
  teams.sort((a, b) => {
    const at = differ(a, b);
    return at < 0 ? a.drawn - b.drawn || a.team - b.team : b.keys[at] - a.keys[at];
  });
  const ranked: Ranked[] = [];
  for (const [i, one] of teams.entries()) {
    const before = teams[i - 1];
    const at = before ? differ(before, one) : -1;
    let by: Ranked['by'];
    if (before && at >= 0) by = at === 0 ? 'total' : at - 1;
    else if (before && before.drawn !== one.drawn) by = 'lot';
    ranked.push({ team: one.team, place: before && by === undefined ? ranked[i - 1].place : i + 1, by });
  }
  return ranked;
}

/** Who is kept when `places` are; equal teams across the border are neither kept nor out. All in the order of their places. */
export function cut(ranked: readonly Ranked[], places: number): { kept: number[]; out: number[]; undecided: number[] } {
  const last = ranked[places - 1]?.place;
  const next = ranked[places]?.place;
  const split = last !== undefined && last === next ? last : undefined;
  const teams = (holds: (one: Ranked, i: number) => boolean): number[] => ranked.filter(holds).map(({ team }) => team);
  return {
    kept: teams(({ place }, i) => place !== split && i < places),
    out: teams(({ place }, i) => place !== split && i >= places),
    undecided: teams(({ place }) => place === split),
  };
}
