// Acts that record judgements: the answer of a blind comparison, or a file of judgements collected elsewhere.

import { z } from 'zod';
import { answerQuestion as answer, importJudgements as importFile } from '../judging/index.ts';
import { act, OFFICE } from './act.ts';
import { id } from './shapes.ts';

/** Returns the two compared teams. An evaluator answers his own question; the office may record the answer to any question. */
export const answerQuestion = act({
  summary: 'Which of the two is better',
  roles: ['evaluator'],
  input: z.strictObject({
    question: z.string().regex(/^[0-9a-f]{1,64}$/),
    answer: z.enum(['first', 'second', 'tie']),
  }),
  run: (programme, { question, answer: given }, { role, user, actor }) =>
    answer(programme, role === 'evaluator' ? { id: question, judge: user! } : { id: question }, given, actor),
});

/** Returns the number of judgements. */
export const importJudgements = act({
  summary: 'Take judgements that were collected elsewhere, as JSON lines',
  roles: OFFICE,
  input: z.strictObject({ stage: id, file: z.string().min(1) }),
  run: (programme, { stage, file }, { actor }) => importFile(programme, stage, file, actor),
});
