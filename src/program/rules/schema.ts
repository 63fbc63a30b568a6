// The rule book's keys: their types, ranges and defaults. Checks of one key against another are in check.ts.

import { z } from 'zod';
import { LAYERS, type Layer } from '../../fleet/index.ts';
import { citationSchema, countrySchema, dateSchema, idSchema, lineSchema, titleSchema } from '../../formats/index.ts';
import { FOREIGN, METRICS, type Metric, ROLES, WHEN } from './types.ts';

const taskName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'must be the name of a task');
export const roleSchema = z.enum(ROLES);
const published = z.array(citationSchema).min(1).max(50).optional();

const count = (most: number, least = 1) => z.int().min(least).max(most);
/** Thousandths can be added up without error. */
const points = () =>
  z
    .number()
    .gt(0)
    .max(1e6)
    .refine((x) => Math.abs(x * 1000 - Math.round(x * 1000)) < 1e-6, 'has more than three decimals');
const figure = () => z.number().min(-1e12).max(1e12);
const share = (fallback: number) => z.number().min(0).max(1).default(fallback);

const task = z.strictObject({
  task: taskName,
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 hex digits')
    .nullable()
    .default(null),
  metric: z.enum(Object.keys(METRICS) as [Metric, ...Metric[]]),
  weight: z.number().gt(0).max(1000).default(1),
  scale: z.union([z.strictObject({ floor: figure(), ceiling: figure() }), z.literal('best-reference')]),
});

const source = {
  tasks: z.array(task).min(1).max(200).optional(),
  entered: z.strictObject({ by: titleSchema }).optional(),
  forms: z
    .strictObject({
      experts: count(1000),
      average: z.enum(['mean', 'trimmed-mean']).default('mean'),
      trim: count(100, 0).optional(),
      criteria: z
        .array(z.strictObject({ id: idSchema, title: titleSchema, points: points() }))
        .min(1)
        .max(100),
    })
    .optional(),
  judgements: z
    .strictObject({ users: count(100_000), minimumPerPair: count(100_000), floor: share(0), ceiling: share(1) })
    .optional(),
};

const part = z.strictObject({ id: idSchema, title: titleSchema, points: points(), published, ...source });
const block = part.extend({ parts: z.array(part).min(1).max(100).optional() });

const reference = z.strictObject({
  model: lineSchema(),
  released: dateSchema,
  scores: z.record(taskName, figure()),
  source: citationSchema,
});

/** A figure for some layers of the value chain. */
const byLayer = (figure: z.ZodNumber) =>
  z.strictObject(Object.fromEntries(LAYERS.map((layer) => [layer, figure.optional()])) as ByLayer);
type ByLayer = Record<Layer, z.ZodOptional<z.ZodNumber>>;

export const ruleBookSchema = z.strictObject({
  formatVersion: z.literal(1).default(1),
  name: idSchema,
  version: count(1e6),
  record: z.boolean().default(false),
  title: titleSchema,
  eligibility: z
    .strictObject({
      leadCountries: z.array(countrySchema).max(300).default([]),
      roles: z.array(roleSchema).max(ROLES.length).default([]),
      minimumMembers: count(1000).default(1),
    })
    .nullish(),
  originality: z.strictObject({
    veto: z.boolean(),
    components: z.array(idSchema).min(1).max(100),
    excludes: z
      .array(z.enum(FOREIGN))
      .max(FOREIGN.length)
      .default([...FOREIGN]),
    audit: z
      .strictObject({
        holds: z.boolean().default(true),
        makerKey: z.boolean().default(true),
        lodged: z.boolean().default(false),
      })
      .nullish(),
    published,
  }),
  points: points().default(100),
  blocks: z.array(block).min(1).max(100),
  rounding: z.strictObject({ decimals: count(6, 0).default(1) }).nullish(),
  kept: count(1000).nullish(),
  tieBreak: z.array(lineSchema(200)).max(200).optional(),
  target: z
    .strictObject({
      share: z.number().gt(0).max(10),
      months: count(1200),
      references: z.array(reference).max(1000).default([]),
      published,
    })
    .nullish(),
  publication: z
    .strictObject({
      scores: z.enum(WHEN).default('at-close'),
      forms: z.enum(['at-close', 'never']).default('at-close'),
      judgements: z.enum(WHEN).default('at-close'),
      audits: z.enum(WHEN).default('at-once'),
      weights: z.enum(WHEN).default('never'),
    })
    .nullish(),
  selfReliance: z
    .strictObject({
      floors: byLayer(z.number().min(0).max(1)).default({}),
      weights: byLayer(z.number().gt(0).max(100)),
      published,
    })
    .optional(),
  limits: z
    .strictObject({
      bundleBytes: count(Number.MAX_SAFE_INTEGER).default(2 ** 31),
      trainingFlops: z.number().gt(0).max(1e30).default(1e15),
      parameters: count(1e15).default(1e9),
      steps: count(1e12).default(1e6),
      auditSeconds: count(1e8).default(3600),
      evalSeconds: count(1e8).default(3600),
    })
    .nullish(),
  published,
});

export type RuleBookInput = z.output<typeof ruleBookSchema>;
export type PartInput = z.output<typeof part>;
export type BlockInput = z.output<typeof block>;
