// A run folder: the names of its files, and readers of what they state, unverified. Writes no run and checks no chain.
export { CurveReader, type CurveValidation, type Measure, type ThinCurve } from './curve-reader.ts';
export { type CurvePoint, readCurves, readValidations } from './curves.ts';
export { type HeldRun, handOverBroken, handOverFiles, isHandedOver, readHolder, requireHolder } from './hand-overs.ts';
export { type LossSketch, sketchLoss } from './loss-sketch.ts';
export * from './paths.ts';
export { readTags, tagRuns, tagsMark } from './run-tags.ts';
export { knownRuns, listRuns, noteRun, type RunSummary, readRun, speedOf, unnoteRun } from './runs.ts';
export { parseSessions, readSessions, type Session } from './sessions.ts';
export { smooth } from './smooth.ts';
export { extremes, thin } from './thin.ts';
export { pace, recordedSeconds, timesOf } from './times.ts';
