// The schema of an example programme's file.

import { z } from 'zod';
import { citationSchema, countrySchema, dateSchema, idSchema, titleSchema } from '../../formats/index.ts';
import { roleSchema } from '../rules/index.ts';

const NOT_RECORDED = 'not recorded';
/** Names of lists under `sources`. */
const source = z.union([z.array(idSchema).min(1), z.literal(NOT_RECORDED)]);
const members = z.union([z.array(idSchema), z.literal(NOT_RECORDED)]);
const text = z.string().min(1).max(2000);
const team = { id: idSchema, name: titleSchema, lead: idSchema, members };

/** Device-hours from the first to the last day. */
const used = {
  id: idSchema,
  consortium: idSchema,
  from: dateSchema,
  to: dateSchema,
  deviceHours: z.number().min(0),
  /** Day of the allotment or the report. */
  day: dateSchema.optional(),
  source,
};

export const exampleSchema = z.strictObject({
  programme: z.strictObject({ id: idSchema, name: titleSchema, mode: z.enum(['record', 'practice']) }),
  sources: z.record(idSchema, z.array(citationSchema).min(1)),
  organisations: z.array(
    z.strictObject({
      id: idSchema,
      name: titleSchema,
      country: z.union([countrySchema, z.literal(NOT_RECORDED)]),
      roles: z.array(roleSchema),
      source,
    }),
  ),
  calls: z.array(
    z.strictObject({
      id: idSchema,
      title: titleSchema,
      /** Day of the call and its applications, and day of their reviews. */
      opened: dateSchema.optional(),
      reviewed: dateSchema.optional(),
      /** The last day on which it took applications. */
      until: dateSchema.optional(),
      applications: z.array(
        z.strictObject({
          ...team,
          /** An application that passes both becomes a consortium of the same id. */
          reviews: z.strictObject({ paper: z.boolean(), presentation: z.boolean().optional() }),
        }),
      ),
      source,
    }),
  ),
  stages: z.array(
    z.strictObject({
      id: idSchema,
      title: titleSchema,
      /** A file beside this one. */
      ruleBook: z.string().regex(/^[a-z0-9-]+\.yaml$/, 'must be a .yaml file in this folder'),
      day: dateSchema.optional(),
      consortia: z.array(idSchema).min(1),
      scores: z.array(
        z.strictObject({
          consortium: idSchema,
          part: text,
          value: z.number(),
          derived: text.optional(),
          source: source.optional(),
        }),
      ),
      /** For scores without their own source. */
      source,
      findings: z.array(
        z.strictObject({
          consortium: idSchema,
          component: idSchema,
          verdict: z.enum(['own', 'derived', 'frozen-foreign', 'unknown', 'not published']),
          by: text,
          text,
          ko: z.strictObject({ by: text, text }).optional(),
          source,
        }),
      ),
      decision: z.strictObject({
        kept: z.array(idSchema),
        out: z.array(z.strictObject({ consortium: idSchema, reason: z.enum(['veto', 'points']) })),
        places: z
          .array(
            z.strictObject({ consortium: idSchema, place: z.number().int().min(1), derived: titleSchema.optional() }),
          )
          .optional(),
        source,
      }),
    }),
  ),
  /** Consortia without a recorded application. */
  consortia: z.array(z.strictObject({ ...team, day: dateSchema.optional(), source })),
  /** Organisations that joined a consortium later. */
  joined: z
    .array(z.strictObject({ consortium: idSchema, organisation: idSchema, day: dateSchema, source }))
    .default([]),
  allotments: z.array(z.strictObject({ ...used, cluster: idSchema })).default([]),
  usages: z
    .array(z.strictObject({ ...used, cluster: idSchema.nullable(), word: z.enum(['maker', 'office']) }))
    .default([]),
  facts: z.array(
    z.strictObject({
      id: idSchema,
      text: titleSchema,
      value: z.number().optional(),
      source,
      derived: text.optional(),
      verified: z.boolean().default(true),
      /** False if it comes from a newspaper, for example. */
      official: z.boolean().default(true),
    }),
  ),
});

export type ExampleFile = z.output<typeof exampleSchema>;
