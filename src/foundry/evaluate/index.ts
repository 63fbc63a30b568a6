// Evaluation: scores a model on tasks and signs the results.

export { type Compared, compareWithBaseline, MIN_QUESTIONS, STANDARD_ERRORS } from './baseline.ts';
export { evaluateModel } from './evaluate.ts';
export type { EvaluateOptions, EvaluateProgress, EvaluateResult } from './options.ts';
export { leavePart, type SplitEvaluation, type SplitTask, splitEvaluation } from './split-evaluation.ts';
