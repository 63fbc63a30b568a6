// The motion check: can these states follow from one another by steps of this recipe, and which segments look strange?
// From the states alone; nothing is trained.
export { bound } from './factors.ts';
export { headingRank, probeRank, speedRank } from './rank.ts';
export { distance, type SegmentMotion, segmentMotion } from './segment.ts';
export { type StateReader, stateInFile, stateInMemory } from './states.ts';
