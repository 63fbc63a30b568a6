// Judgements: blind comparisons of two models, and imports from elsewhere.
export { type AnswerToQuestion, answerQuestion, askJudge, questionsOf } from './blind.ts';
export { importJudgements } from './import.ts';
