// The rooms below, loaded when a verb needs them: `--help` must not wait for an engine.

export type {
  BenchResult,
  ComparedRun,
  Comparison,
  MakeEvent,
  MakeOptions,
  MakeResult,
  SampleOptions,
  Scalar,
  Stage,
} from '../foundry/index.ts';

export const audit = () => import('../audit/index.ts');
export const foundry = () => import('../foundry/index.ts');
export const engine = () => import('../engine/index.ts');
