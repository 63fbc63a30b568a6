// The modules below the command line, imported when a verb needs them: `--help` must not wait for an engine.

export type { ClusterStatus, Job, JobRecord, JobReport } from '../fleet/index.ts';
export type {
  Answer,
  BestRecipe,
  ComparedRun,
  Comparison,
  EvaluateOptions,
  EvaluateProgress,
  EvaluateResult,
  LodgingRequest,
  MakeEvent,
  MakeOptions,
  MakeResult,
  OfficeClient,
  Point,
  Scalar,
  SplitEvaluation,
  SplitTask,
  Stage,
  SweepOutcome,
  SweepPlan,
  SweepRow,
  SweepRun,
  Talk,
} from '../foundry/index.ts';
export type { Server as Served } from '../program/api/index.ts';
export type { RunRecord } from '../program/runs/index.ts';
export type { Library, SelfRelianceRules } from '../reliance/index.ts';
export type { CurveReader, RunSummary } from '../run-folder/index.ts';

export const audit = () => import('../audit/index.ts');
export const foundry = () => import('../foundry/index.ts');
export const lineage = () => import('../lineage/index.ts');
export const engine = () => import('../engine/index.ts');
export const users = () => import('../program/users/index.ts');
export const program = () => import('../program/index.ts');
export const serve = () => import('../serve/index.ts');
export const api = () => import('../program/api/index.ts');
export const planner = () => import('../planner/index.ts');
export const reliance = () => import('../reliance/index.ts');
export const runRecord = async (folder: string) => (await import('../program/runs/index.ts')).runRecordOf(folder);
export const runId = async (folder: string) => (await import('../program/runs/index.ts')).runIdOf(folder);
export const runFolder = () => import('../run-folder/index.ts');
export const rules = () => import('../program/rules/index.ts');
export const fleet = () => import('../fleet/index.ts');
export const formats = () => import('../formats/index.ts');
