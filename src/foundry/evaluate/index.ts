// Evaluation: a model is scored on tasks, what came out is signed.
export { type ApartPlan, type ApartTask, leavePart, planApart } from './apart.ts';
export { evaluateModel } from './evaluate.ts';
export type { EvaluateOptions, EvaluateProgress, EvaluateResult } from './options.ts';
export { sandboxSettings } from './sandbox.ts';
