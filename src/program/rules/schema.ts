// The keys of a rule book: types, ranges and defaults. check.ts checks keys against each other.

import { z } from 'zod';
import { LAYERS, type Layer } from '../../fleet/index.ts';
import {
  citationSchema,
  countrySchema,
  dateSchema,
  idSchema,
  lineSchema,
  metricSchema,
  titleSchema,
} from '../../formats/index.ts';
import { lineageSchema } from './lineage.ts';
import { hasThreeDecimals, selectionSchema } from './selection.ts';

/** Roles of organisations in the value chain. */
export const ROLES = [
  'chip',
  'memory',
  'data-center',
  'cloud',
  'data',
  'model',
  'service',
  'university',
  'other',
] as const;
export type Role = (typeof ROLES)[number];

/** Verdicts on a component that the team has not made itself. */
const FOREIGN = ['derived', 'frozen-foreign'] as const;

const WHEN = ['at-once', 'at-close', 'never'] as const;

const taskName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'must be the name of a task');
export const roleSchema = z.enum(ROLES);
const published = z.array(citationSchema).min(1).max(50).exactOptional();

const count = (max: number, min = 1) => z.int().min(min).max(max);
/** At most three decimals, so that sums are exact in thousandths. */
const points = () => z.number().gt(0).max(1e6).refine(hasThreeDecimals, 'has more than three decimals');
const figure = () => z.number().min(-1e12).max(1e12);
const share = (fallback: number) => z.number().min(0).max(1).default(fallback);

const task = z.strictObject({
  task: taskName,
  /** The digest that evaluation reports for the task; null: the name does not fix the content of the task. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 hex digits')
    .nullable()
    .default(null),
  metric: metricSchema,
  weight: z.number().gt(0).max(1000).default(1),
  /** Linear from floor (no points) to ceiling (all points; below the floor if less is better), or the share of the best reference model. */
  scale: z.union([z.strictObject({ floor: figure(), ceiling: figure() }), z.literal('best-reference')]),
  /** With fewer, nothing is said of how certain the points are. */
  leastItems: count(1e6).exactOptional(),
});
export type ScoredTask = z.infer<typeof task>;

/** The points are entered by hand. */
const entered = z.strictObject({
  by: titleSchema,
  /** Standard error of a figure, in points. Optional without a default, as digests of older books stay; so are the least numbers below. */
  error: z.number().min(0).max(1e6).exactOptional(),
});
const forms = z.strictObject({
  experts: count(1000),
  /** With fewer, nothing is said of how certain the points are. */
  leastExperts: count(1000).exactOptional(),
  average: z.enum(['mean', 'trimmed-mean']).default('mean'),
  /** Number of the highest, and of the lowest, marks that are left out for each criterion. */
  trim: count(100, 0).optional(),
  criteria: z
    .array(z.strictObject({ id: idSchema, title: titleSchema, points: points() }))
    .min(1)
    .max(100),
});
/** By default a mean leaves out nothing, and a trimmed mean 1. */
export const trimOf = ({ average, trim }: z.infer<typeof forms>): number => trim ?? (average === 'mean' ? 0 : 1);
const judgements = z.strictObject({
  users: count(100_000),
  minimumPerPair: count(100_000),
  /** With fewer users who gave `leastVotes` each, nothing is said of how certain the points are. */
  leastUsers: count(100_000).exactOptional(),
  leastVotes: count(100_000).exactOptional(),
  /** Mean chance of being preferred to another team of the stage: no points at the floor, all points at the ceiling. */
  floor: share(0),
  ceiling: share(1),
  /** What every pair of models is asked; left out, each user asks what he likes. Optional without a default, as digests of older books stay. */
  questions: z.array(z.string().min(1).max(2000)).min(1).max(1000).exactOptional(),
});

const source = {
  tasks: z.array(task).min(1).max(200).optional(),
  entered: entered.optional(),
  forms: forms.optional(),
  judgements: judgements.optional(),
};

const part = z.strictObject({ id: idSchema, title: titleSchema, points: points(), published, ...source });
const block = part.extend({ parts: z.array(part).min(1).max(100).optional() });

const reference = z.strictObject({
  model: lineSchema(),
  released: dateSchema,
  /** By task, in the metric that this book uses for it. */
  scores: z.record(taskName, figure()),
  source: citationSchema,
});
export type Reference = z.infer<typeof reference>;

/** A figure for some layers of the value chain. */
const byLayer = (figure: z.ZodNumber) =>
  z.strictObject(Object.fromEntries(LAYERS.map((layer) => [layer, figure.exactOptional()])) as ByLayer);
type ByLayer = Record<Layer, z.ZodExactOptional<z.ZodNumber>>;

export const ruleBookSchema = z.strictObject({
  formatVersion: z.literal(1).default(1),
  name: idSchema,
  version: count(1e6),
  /** Rules of a programme that was run elsewhere: unknown sections are null, and all scores are entered. */
  record: z.boolean().default(false),
  title: titleSchema,
  eligibility: z
    .strictObject({
      /** ISO 3166 codes; empty: any country. */
      leadCountries: z.array(countrySchema).max(300).default([]),
      /** Some member must have each of these roles. */
      roles: z.array(roleSchema).max(ROLES.length).default([]),
      /** The lead counts as one. */
      minimumMembers: count(1000).default(1),
    })
    .nullish(),
  /** What reviewers of applications mark. Optional without a default, as digests of older books stay. */
  selection: selectionSchema.exactOptional(),
  originality: z.strictObject({
    /** Whether an excluding verdict excludes a team regardless of its points. */
    veto: z.boolean(),
    components: z.array(idSchema).min(1).max(100),
    /** Verdicts on a component that exclude. */
    excludes: z
      .array(z.enum(FOREIGN))
      .max(FOREIGN.length)
      .default([...FOREIGN]),
    /** Requirements on the audit of a submission. */
    audit: z
      .strictObject({
        /** The verdict must be `holds`: `incomplete` is not enough. */
        holds: z.boolean().default(true),
        /** The run must be signed with the key that the consortium has registered. */
        makerKey: z.boolean().default(true),
        /** The office must have lodged the run before its first step. */
        lodged: z.boolean().default(false),
      })
      .nullish(),
    /** Comparisons of weights. Optional without a default, as digests of older books stay. */
    lineage: lineageSchema.exactOptional(),
    published,
  }),
  /** Sum of all blocks. */
  points: points().default(100),
  blocks: z.array(block).min(1).max(100),
  /** Half up, for each block; totals are sums of rounded blocks. */
  rounding: z.strictObject({ decimals: count(6, 0).default(1) }).nullish(),
  /** Number of teams that are kept. */
  kept: count(1000).nullish(),
  /** `block` or `block.part`, compared in this order; the last is `equal` (teams share a place) or `lot`. */
  tieBreak: z.array(lineSchema(200)).max(200).optional(),
  target: z
    .strictObject({
      /** Share of the best reference model's score. */
      share: z.number().gt(0).max(10),
      /** Maximum age of a reference model. */
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
  /**
   * How much of each layer of the value chain must be at home, and how much that counts. Optional without a default, so that the digest
   * of older books does not change.
   */
  selfReliance: z
    .strictObject({
      /** Minimum share by layer, 0 to 1: below one of them there is no score. */
      floors: byLayer(z.number().min(0).max(1)).default({}),
      /** Percent by layer; they add up to 100. */
      weights: byLayer(z.number().gt(0).max(100)),
      published,
    })
    .exactOptional(),
  /** Limits of one submission on the office's machine. */
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

export type RuleBookInput = z.infer<typeof ruleBookSchema>;
export type PartInput = z.infer<typeof part>;
export type BlockInput = z.infer<typeof block>;
