// The act that announces when a stage opens and closes, and until when teams may appeal.

import { z } from 'zod';
import { instant } from '../state/index.ts';
import { entryAct, OFFICE } from './act.ts';
import { appealsUntil, id, title } from './shapes.ts';
import { requireNotRecord } from './times.ts';

const moment = instant.nullable().default(null);

export const setDates = entryAct({
  summary: 'Announce the dates of a stage; later dates replace earlier ones',
  roles: OFFICE,
  input: z.strictObject({
    stage: id.describe('a stage, or the id of one that is not opened yet'),
    title: title.optional().describe('title of a stage that is not opened yet'),
    /** Moments in UTC; null: not announced. */
    opens: moment,
    closes: moment.describe('nothing closes by itself'),
    appealsUntil: appealsUntil.default(null),
  }),
  kind: 'stage-dates-set',
  guard: requireNotRecord,
});
