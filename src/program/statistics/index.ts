// The statistics' face: strengths from judgements of pairs, standings and how sure they are, weights that would change them, ranking
// with tie-breaks. Pure, and the same on every machine; knows teams, parts and units by their index only.

export { winShares } from './bradley-terry.ts';
export { keptChance } from './chances.ts';
export type { Part } from './part.ts';
export { cut, ranking } from './ranking.ts';
export { pointsOf } from './resample.ts';
export { type Standings, standings } from './standings.ts';
export { type Sensitivity, weightsToChange } from './weights.ts';
