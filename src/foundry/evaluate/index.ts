// Evaluation: a model is scored on tasks, what came out is signed.
export { type EvaluateOptions, type EvaluateProgress, type EvaluateResult, evaluateModel } from './evaluate.ts';
export type { LanguageModel, Scored, ScoreRequest } from './language-model.ts';
export { shippedTasks } from './load-task.ts';
export { startApart } from './sandbox.ts';
export { openLanguageModel } from './scorer.ts';
