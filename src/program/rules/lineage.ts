// The section of a rule book on comparisons of weights: what submissions are compared with, and which parts of the weights belong to
// which component.

import { z } from 'zod';
import { citationSchema, dateSchema, idSchema, lineSchema } from '../../formats/index.ts';

/** Parts of weights that get a verdict of their own: the tokenizer, groups of the language model, and whole towers beside it. */
export const WEIGHT_PARTS = [
  'tokenizer',
  'basis',
  'units',
  'values',
  'experts',
  'expert-units',
  'vision',
  'audio',
] as const;
export type WeightPart = (typeof WEIGHT_PARTS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 hex digits');

const reference = z.strictObject({
  model: lineSchema(),
  /** The digest of its weight files, and the SHA-256 of its sketch: `jikji lineage sketch` prints both. */
  digest: sha256,
  sketch: sha256,
  released: dateSchema.exactOptional(),
  source: citationSchema,
});
export type ComparedReference = z.infer<typeof reference>;

export const lineageSchema = z.strictObject({
  /** Chance of one wrong finding in all comparisons of a stage together. */
  alpha: z.number().gt(0).max(0.01).default(1e-9),
  /** Largest number of comparisons in a stage: they share alpha, so it is fixed beforehand. */
  comparisons: z.int().min(1).max(1_000_000).default(1000),
  /** Longest time of one comparison. */
  seconds: z.int().min(1).max(1e8).default(3600),
  /** Parts of the weights by component. A part that no component names is compared, and nothing is proposed of it. */
  components: z.record(idSchema, z.array(z.enum(WEIGHT_PARTS)).min(1).max(WEIGHT_PARTS.length)),
  references: z.array(reference).max(1000).default([]),
});
export type LineageRules = z.infer<typeof lineageSchema>;
