// Places from rounded totals. Ties are broken by parts in the order of the rules, then by lot, or stay. Knows no errors and chances.

import type { Seed } from '../../engine/index.ts';
import { Random } from './random.ts';

interface RankingRules {
  /** Decimals to which totals and parts are rounded before comparison: 0 to 9. */
  decimals: number;
  /** Points in the parts that break ties, in order. [parts][teams] */
  tieBreaks: readonly ArrayLike<number>[];
  /** Seed of lots among teams that are still equal; without it they share a place. */
  lot?: Seed;
}

export interface Ranked {
  team: number;
  /** From 1. Equal teams share the better place: 1, 2, 2, 4. */
  place: number;
  /** Why the team is behind the team before it: total, index of a tie-break, or lot; undefined for the first and for equal teams. */
  by: 'total' | number | 'lot' | undefined;
}

/**
 * Rounds half up to units of the last decimal place. A value within a millionth of a unit of a half counts as the half: so does 1.005,
 * although the nearest binary number is below it.
 */
function unitsOf(points: number, decimals: number): number {
  return Math.floor(points * 10 ** decimals + 0.5 + 1e-6);
}

/** Teams in the order of their places; equal teams by index. */
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
  /** Index of the first key that differs; -1 if all are equal. */
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

/** The teams that are kept for `places` places; equal teams across the border are undecided. All in the order of their places. */
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
