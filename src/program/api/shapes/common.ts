// Shapes that many routes share.

import { z } from 'zod';

import { title } from '../../office/index.ts';

export { citation, digest, id, title } from '../../office/index.ts';

/** What has a name, by its id. */
export const named = z.object({ id: z.string(), name: title });

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
export const recorded = z.object({ seq: z.int().min(1) });

export const nothing = z.object({});

/** A whole number in a query. */
export const wholeIn = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
