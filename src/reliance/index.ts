// Reliance's face: the graph of a catalogue, how self-reliant each layer is, what happens when suppliers or countries fall away, and
// the fewest that need to for everything to stop; accounts of compute. Pure: knows no database, no log and no file.

export { type Allotment, accountsOf, countedOf, type Usage } from './accounts.ts';
export type { TakeOver } from './explanation.ts';
export { Graph } from './graph.ts';
export type { Part } from './index-parts.ts';
export type { Shares } from './layer-shares.ts';
export type { Place } from './need-shares.ts';
export type { Interval, Remaining } from './remaining-work.ts';
export {
  type Index,
  indexOfCatalogue,
  indexOfConsortium,
  indexOfProgramme,
  indexOfUse,
  type LayerIndex,
  type SelfRelianceRules,
} from './self-reliance.ts';
export { type SmallestSets, smallestSets } from './smallest-sets.ts';
export { type Library, type RunEvidence, type UseOfRun, useOfRun, withRuns } from './use-of-run.ts';
export { type ComponentFate, type Fate, type UseFate, type WhatIf, whatIf } from './what-if.ts';
export type { Without } from './withdrawal.ts';
