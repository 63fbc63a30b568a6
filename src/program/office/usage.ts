// The act of a usage that the office enters by hand.

import { z } from 'zod';
import { entryAct, OFFICE } from './act.ts';
import { id, period, source } from './shapes.ts';

export const reportUsage = entryAct({
  summary: 'What the office metered; one of the same id replaces it',
  roles: OFFICE,
  input: z.strictObject({
    id: id.describe('what it is called'),
    consortium: id.describe('whose they are'),
    cluster: id.nullable().default(null).describe('a cluster of the catalogue (default: not known)'),
    ...period,
    submission: id.nullable().default(null).describe("it counts in the place of this submission's session records"),
    source: source.optional(),
  }),
  kind: 'usage-reported',
  data: (usage) => ({ ...usage, word: 'office' }),
});
