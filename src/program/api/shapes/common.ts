// Shapes that many routes share.

import { z } from 'zod';

import { title } from '../../office/index.ts';

export { citation, digest, id, title } from '../../office/index.ts';

/** Something with an id and a name. */
export const named = z.object({ id: z.string(), name: title });

export const failure = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      /** The member, line or name that caused it. */
      input: z.string(),
      hint: z.string(),
      /** Message and hint in Korean; absent where only English is known. */
      ko: z.object({ message: z.string(), hint: z.string() }).optional(),
    }),
  })
  .meta({ id: 'Failure' });

/** The log entry of a change. */
export const recorded = z.object({ seq: z.int().min(1) });

export const nothing = z.object({});

/** An integer in a query. */
export const wholeIn = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
