// The rooms below, loaded when a verb needs them: `--help` must not wait for an engine.

export type {
  Answer,
  BenchResult,
  ComparedRun,
  Comparison,
  MakeEvent,
  MakeOptions,
  MakeResult,
  SampleOptions,
  Scalar,
  Stage,
  Talk,
} from '../foundry/index.ts';
export type { Server as Served } from '../program/api/index.ts';

export const audit = () => import('../audit/index.ts');
export const foundry = () => import('../foundry/index.ts');
export const engine = () => import('../engine/index.ts');
export const program = () => import('../program/index.ts');
export const api = () => import('../program/api/index.ts');
