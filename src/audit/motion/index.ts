// Motion: whether the kept states can follow from one another by steps of the recipe, and which segments look strange. Reads the states
// and the transcript's numbers; trains nothing.
export { bound, type Mover, momentLimits } from './adamw.ts';
export type { SegmentMotion } from './input.ts';
export { headingRank, probeRank, speedRank } from './rank.ts';
export { distance, segmentMotion } from './segment.ts';
export { type StateReader, stateInFile, stateInMemory } from './states.ts';
