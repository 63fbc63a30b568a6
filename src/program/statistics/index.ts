// The statistics' face: strengths from judgements of pairs, standings and how sure they are, weights that would change them, ranking
// with tie-breaks. Pure, and the same on every machine; knows teams, parts and units by their index only.

export {
  type BradleyTerry,
  bradleyTerry,
  type Estimate,
  groupsOf,
  type Judgement,
  strengthOf,
  winProbability,
  winShares,
  winsOf,
} from './bradley-terry.ts';
export { type Chances, keptChance } from './chances.ts';
export type { FixedPart, ItemsPart, PairsPart, Part, RatersPart, Stage } from './part.ts';
export { cut, type Ranked, type RankingRules, ranking } from './ranking.ts';
export { pointsOf } from './resample.ts';
export { type Points, type Standings, type StandingsOptions, standings } from './standings.ts';
export { type Move, type Sensitivity, weightsToChange } from './weights.ts';
