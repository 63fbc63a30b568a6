// Shapes of rule books that somebody is writing.

import { z } from 'zod';
import { title } from './common.ts';

export const templates = z.array(
  z
    .object({
      id: z.string(),
      title,
      /** YAML with comments. */
      text: z.string(),
      /** How many values are still to be chosen. */
      choices: z.int(),
    })
    .meta({ id: 'RuleBookTemplate' }),
);

export const checked = z
  .object({
    problems: z.array(
      z.object({
        code: z.string(),
        message: z.string(),
        hint: z.string(),
        /** Both in Korean, where they are known. */
        ko: z.object({ message: z.string(), hint: z.string() }).optional(),
        line: z.int(),
        /** Of the value in the text; null where the text is not YAML. */
        path: z.array(z.union([z.string(), z.int()])).nullable(),
      }),
    ),
    /** What would be registered; null while the text is no rule book. */
    ruleBook: z.object({ name: z.string(), version: z.int(), digest: z.string() }).nullable(),
  })
  .meta({ id: 'CheckedRuleBook' });
