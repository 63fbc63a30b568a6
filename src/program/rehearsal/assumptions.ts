// The assumptions of a rehearsal: what somebody says of made-up teams, completed with defaults. Knows no results.

import { z } from 'zod';
import type { RuleBook } from '../rules/index.ts';
import { tooManyTeams } from './refusals.ts';

/** Largest number of teams. */
const MAX_TEAMS = 50;
/** Points of 100 between neighbours in true quality. */
export const SPREADS = { equal: 0, close: 1, moderate: 3, wide: 6 } as const;
/** True quality of the middle of the field, and the largest distance from the best to the worst, in points of 100. */
const MIDDLE = 70;
const WIDEST = 50;

const percent = (fallback: number) => z.number().min(0).max(50).default(fallback);

export const assumptionsShape = z.strictObject({
  /** Default: those that the rule book keeps, and two more. */
  teams: z.int().min(1).max(MAX_TEAMS).optional(),
  spread: z.enum(Object.keys(SPREADS) as [keyof typeof SPREADS]).default('moderate'),
  /** The true quality of each team, in points of 100, in place of `teams` and `spread`. */
  qualities: z.array(z.number().min(0).max(100)).min(1).max(MAX_TEAMS).optional(),
  /** Items of each benchmark task. */
  items: z.int().min(1).max(100_000).default(200),
  /** Standard deviation, in percent of the points: how severe an expert is to all teams alike. */
  severity: percent(8),
  /** Standard deviation, in percent of the points: how an expert's opinion of one team differs from that of others. */
  opinion: percent(7),
  /** Experts give marks in steps of so many points; 0: any number. */
  markStep: z.number().min(0).max(100).default(1),
  /** Judgements of each pair of teams. Default: the smallest number that the rule book allows. */
  judgementsPerPair: z.int().min(1).max(100_000).optional(),
  /** Chance that a user prefers a team that is truly ten points of 100 better. */
  preference: z.number().min(0.5).max(0.99).default(0.6),
  /** Standard deviation of figures that come from elsewhere, in percent of their points. */
  entered: percent(5),
  /** Chance that a team fails a veto, each for itself and whatever its quality is. */
  veto: z.number().min(0).max(1).default(0),
  repetitions: z.int().min(1).max(20_000).default(1000),
  /** Default: a random one. */
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});
export type AssumptionsGiven = z.input<typeof assumptionsShape>;
type Read = z.output<typeof assumptionsShape>;

/** Complete. `qualities`: shares of the points, from the best team down. */
export interface Assumptions extends Omit<Read, 'teams' | 'qualities' | 'seed' | 'judgementsPerPair'> {
  qualities: number[];
  /** 0 if the book has no judgements. */
  judgementsPerPair: number;
  seed: number;
}

/** Qualities of `teams` teams at even distances, from the best down, as shares. */
function evenly(teams: number, gap: number): number[] {
  const step = teams > 1 ? Math.min(gap, WIDEST / (teams - 1)) : 0;
  return Array.from({ length: teams }, (_, i) => (MIDDLE + step * ((teams - 1) / 2 - i)) / 100);
}

/** @throws JikjiError `rehearsal-too-much` */
export function completeAssumptions(book: RuleBook, given: Read, judgementsPerPair: number): Assumptions {
  const { teams = book.kept! + 2, qualities, seed, judgementsPerPair: wanted, ...rest } = given;
  if (qualities === undefined && teams > MAX_TEAMS) throw tooManyTeams('teams', MAX_TEAMS, `${book.kept}`);
  return {
    ...rest,
    qualities: qualities
      ? [...qualities].sort((a, b) => b - a).map((points) => points / 100)
      : evenly(teams, SPREADS[rest.spread]),
    judgementsPerPair: judgementsPerPair === 0 ? 0 : (wanted ?? judgementsPerPair),
    seed: seed ?? Math.floor(Math.random() * 2 ** 32),
  };
}
