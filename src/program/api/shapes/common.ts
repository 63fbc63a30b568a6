// Shapes that many routes share. What the log's own kinds of entries check is not checked here a second time: texts have bounds so
// that no request is endless.

import { z } from 'zod';

export { citationShape as citation, titleShape as title } from '../../../formats/index.ts';

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens')
  .meta({ examples: ['azalea'] });
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');
export const text = z.string().min(1).max(20_000);
const seq = z.int().min(1);

export const failure = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      /** What was wrong: the member, line or name that caused it. */
      input: z.string(),
      hint: z.string(),
    }),
  })
  .meta({ id: 'Failure' });

/** What a change came to in the log. */
export const recorded = z.object({ seq });

export const nothing = z.object({});

/** A whole number in a query. */
export const wholeIn = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
