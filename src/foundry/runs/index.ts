// Exports the curves of runs for other programs, and compares runs.
export { type ComparedRun, type Comparison, compareRuns, type Scalar } from './comparison.ts';
export { type ExportedCurves, exportCurves } from './export.ts';
