// Runs for other software and side by side: their curves in a file, two of them compared key by key.
export { type ComparedRun, type Comparison, compareRuns, type Scalar } from './comparison.ts';
export { type ExportedCurves, exportCurves } from './export.ts';
