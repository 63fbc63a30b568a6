// Evaluation: scores a model on tasks and signs the results.

export { evaluateModel } from './evaluate.ts';
export type { EvaluateOptions, EvaluateProgress, EvaluateResult } from './options.ts';
export { leavePart, type SplitEvaluation, type SplitTask, splitEvaluation } from './split-evaluation.ts';
