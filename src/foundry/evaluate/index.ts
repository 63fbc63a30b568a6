// Evaluation: scores a model on tasks and signs the results.

export { evaluateModel } from './evaluate.ts';
export type { ScoreRequest } from './language-model.ts';
export type { EvaluateOptions, EvaluateProgress, EvaluateResult } from './options.ts';
export { rollingRequests } from './requests.ts';
export { sandboxSettings } from './sandbox.ts';
export { leavePart, type SplitEvaluation, type SplitTask, splitEvaluation } from './split-evaluation.ts';
