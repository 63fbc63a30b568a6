// Statistics: strengths from pairwise judgements, standings and their certainty, sensitivity to weights, ranking with tie-breaks. Pure,
// with the same results on every machine; knows teams, parts and units only by index.

export { winShares } from './bradley-terry.ts';
export { keptChance } from './chances.ts';
export type { Part } from './part.ts';
export { Random } from './random.ts';
export { cut, ranking } from './ranking.ts';
export { pointsOf } from './resample.ts';
export { areApart, type Standings, standings, type Uncertainty } from './standings.ts';
export { type Sensitivity, weightsToChange } from './weights.ts';
