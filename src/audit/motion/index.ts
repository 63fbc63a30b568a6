// Motion: whether the kept states can follow from one another by steps of the recipe, and which segments look strange. Reads the states
// and the transcript's numbers; trains nothing.
export { bound } from './factors.ts';
export { headingRank, probeRank, speedRank } from './rank.ts';
export { distance, type SegmentMotion, segmentMotion } from './segment.ts';
export { type StateReader, stateInFile, stateInMemory } from './states.ts';
