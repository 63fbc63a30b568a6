// Acts of appeals: filing an appeal against a decision, and answering it.

import { z } from 'zod';
import { freeId, openAppeals } from '../state/index.ts';
import { act, entryAct, OFFICE } from './act.ts';
import * as refuse from './refusals/acts.ts';
import { id, text } from './shapes.ts';

export const fileAppeal = act({
  summary: 'Appeal against a decision',
  roles: ['consortium'],
  input: z.strictObject({ stage: id, id: id.optional(), text }),
  async run(programme, { stage, id: wanted, text }, by) {
    const consortium = by.consortium!;
    let id = '';
    // Checked inside the write: of parallel appeals only one is open, so that the office can finish the stage.
    const [entry] = await programme.recordOnce(by.actor, (tables) => {
      const open = openAppeals(tables, stage).find((row) => row.consortium === consortium);
      if (open) throw refuse.ownAppealOpen(open.id);
      id = wanted ?? freeId(tables, 'appeals', `appeal-${stage}-${consortium}`);
      return [{ kind: 'appeal-filed', data: { id, stage, consortium, text } }];
    });
    return { id, seq: entry!.seq };
  },
});

export const answerAppeal = entryAct({
  summary: 'Answer an appeal',
  roles: OFFICE,
  input: z.strictObject({
    /** If given, the stage of the appeal. */
    stage: id.optional(),
    appeal: id,
    outcome: z.enum(['upheld', 'rejected']),
    answer: text,
  }),
  kind: 'appeal-answered',
  data: ({ stage: _, ...answer }) => answer,
  guard(tables, { stage, appeal }) {
    if (stage !== undefined && tables.get('appeals', appeal)?.stage !== stage) throw refuse.noAppeal(appeal);
  },
});
