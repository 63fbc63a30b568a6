// A run folder: the names of its files, and readers of what they state, unverified. Writes no run and checks no chain.
export { CurveReader, type CurveValidation, type ThinCurve } from './curve-reader.ts';
export { type CurvePoint, readCurves } from './curves.ts';
export * from './paths.ts';
export { knownRuns, listRuns, noteRun, type RunSummary, readRun, speedOf } from './runs.ts';
export { parseSessions, type Session } from './sessions.ts';
export { extremes, thin } from './thin.ts';
export { pace, timesOf } from './times.ts';
