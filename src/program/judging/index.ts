// What users judge: two answers without names, or judgements from elsewhere.
export { type AnswerToQuestion, answerQuestion, askJudge } from './blind.ts';
export { importJudgements } from './import.ts';
