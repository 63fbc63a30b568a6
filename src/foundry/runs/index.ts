// The runs made on this machine: their list, their curves for other software, two of them side by side.
export { type ComparedRun, type Comparison, compareRuns, type Scalar } from './comparison.ts';
export { CurveReader, type CurveValidation, type ThinCurve } from './curve-reader.ts';
export { type ExportedCurves, exportCurves } from './export.ts';
export { listRuns, notedRuns, noteRun, RUN_LOCK, type RunSummary, readRun } from './runs.ts';
export { parseSessions, type Session } from './sessions.ts';
