// Judgements: blind comparisons of two models, and imports from elsewhere.
export { type AnswerToQuestion, answerQuestion, askJudge } from './blind.ts';
export { importJudgements } from './import.ts';
