// Exports the curves of runs for other programs, and compares runs.
export {
  type ComparedKey,
  type ComparedRun,
  type Comparison,
  compareRecipes,
  compareRuns,
  type Remark,
  remarksOn,
  type Scalar,
} from './comparison.ts';
export { type ExportedCurves, exportCurves, recipeOf } from './export.ts';
