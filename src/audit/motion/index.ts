// The motion check: can these states follow from one another by steps of this recipe, and which segments look strange?
// From the states alone; nothing is trained.
export {
  type Bound,
  bound,
  clippedNorm,
  geometric,
  type MomentLimits,
  type Mover,
  momentFactor,
  momentLimits,
  type StepFacts,
  secondMomentSum,
  stepFactor,
} from './factors.ts';
export { headingRank, type Moved, probeRank, speedRank } from './rank.ts';
export { distance, type SegmentInput, type SegmentMotion, segmentMotion } from './segment.ts';
export { type StateReader, stateInFile, stateInMemory } from './states.ts';
