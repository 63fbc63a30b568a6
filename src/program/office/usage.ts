// The act of a usage that the office enters by hand.

import { z } from 'zod';
import { deviceHours } from '../state/index.ts';
import { entryAct, OFFICE } from './act.ts';
import { day, id, source } from './shapes.ts';

export const reportUsage = entryAct({
  summary: 'What the office metered; one of the same id replaces it',
  roles: OFFICE,
  input: z.strictObject({
    id,
    consortium: id,
    cluster: id.nullable().default(null),
    from: day,
    to: day,
    deviceHours,
    /** The submission; its metered usage replaces the usage that its maker stated. */
    submission: id.nullable().default(null),
    source: source.optional(),
  }),
  kind: 'usage-reported',
  data: (usage) => ({ ...usage, word: 'office' }),
});
