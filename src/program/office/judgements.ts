// Judgements come into the log: the answer to a question that was asked without names, or a file of those collected elsewhere.

import { z } from 'zod';
import { answerQuestion as answer, importJudgements as importFile } from '../judging/index.ts';
import { act, OFFICE } from './act.ts';
import { id } from './shapes.ts';

/** Returns whom he compared. An evaluator answers what he was asked; the office takes down anybody's answer. */
export const answerQuestion = act({
  summary: 'Which of the two is better',
  who: ['evaluator'],
  input: z.strictObject({
    question: z.string().regex(/^[0-9a-f]{1,64}$/),
    answer: z.enum(['first', 'second', 'tie']),
  }),
  run: (programme, { question, answer: given }, { role, user, actor }) =>
    answer(programme, role === 'evaluator' ? { id: question, judge: user! } : { id: question }, given, actor),
});

/** Returns how many there were. */
export const importJudgements = act({
  summary: 'Take judgements that were collected elsewhere, as JSON lines',
  who: OFFICE,
  input: z.strictObject({ stage: id, file: z.string().min(1) }),
  run: (programme, { stage, file }, { actor }) => importFile(programme, stage, file, actor),
});
