// Evaluation: a model is scored on tasks, what came out is signed.

export { evaluateModel } from './evaluate.ts';
export type { EvaluateOptions, EvaluateProgress, EvaluateResult } from './options.ts';
export { sandboxSettings } from './sandbox.ts';
export { leavePart, type SplitEvaluation, type SplitTask, splitEvaluation } from './split-evaluation.ts';
