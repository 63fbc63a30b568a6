// Appeals against a decision, and their answers.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { freeId } from '../state/index.ts';
import { act, entryAct, OFFICE } from './act.ts';
import { openAppeals } from './lacking.ts';
import { id, text } from './shapes.ts';

export const fileAppeal = act({
  summary: 'Appeal against a decision',
  who: ['consortium'],
  input: z.strictObject({ stage: id, id: id.optional(), text }),
  async run(programme, { stage, id: wanted, text }, by) {
    const consortium = by.consortium!;
    let id = '';
    // Looked at when it is its turn: however many are sent at once, one is open, and the office can come to an end.
    const [entry] = await programme.recordOnce(by.actor, (tables) => {
      const open = openAppeals(tables, stage).find((row) => row.consortium === consortium);
      if (open) throw new JikjiError('appeal-open', 'your appeal has no answer yet', open.id, 'wait for its answer');
      id = wanted ?? freeId(tables, 'appeals', `appeal-${stage}-${consortium}`);
      return [{ kind: 'appeal-filed', data: { id, stage, consortium, text } }];
    });
    return { id, seq: entry!.seq };
  },
});

export const answerAppeal = entryAct({
  summary: 'Answer an appeal',
  who: OFFICE,
  input: z.strictObject({
    /** Where it is given, the appeal is of this stage. */
    stage: id.optional(),
    appeal: id,
    outcome: z.enum(['upheld', 'rejected']),
    answer: text,
  }),
  kind: 'appeal-answered',
  data: ({ stage: _, ...answer }) => answer,
  guard(tables, { stage, appeal }) {
    if (stage !== undefined && tables.get('appeals', appeal)?.stage !== stage)
      throw new JikjiError('appeal-unknown', 'there is no such appeal in this stage', appeal, 'look at the stage');
  },
});
