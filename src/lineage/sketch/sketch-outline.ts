// The description in a sketch's metadata, and its check: a sketch from outside is hostile until its tensors fit its description.

import { z } from 'zod';
import { lineSchema } from '../../formats/index.ts';

const MAX_BLOCKS = 100_000;
const count = (most: number) => z.number().int().min(0).max(most);

const block = z.strictObject({
  name: lineSchema(),
  layer: count(100_000),
  /** Units of the block in the model. */
  size: count(2 ** 31),
  columns: count(2 ** 24).min(1),
  /** Units in the sketch. */
  rows: count(2 ** 24),
  signed: z.boolean(),
});

const tower = z.strictObject({
  name: z.enum(['language', 'vision', 'audio']),
  hiddenSize: count(2 ** 24).min(1),
  layers: count(100_000),
  fixedBasis: z.string().max(1000).nullable(),
  /** Tokens whose embeddings are in the sketch. */
  tokens: z.array(z.string().max(10_000)).max(1_000_000).nullable(),
  groups: z
    .array(
      z.strictObject({
        kind: z.enum(['units', 'values', 'experts', 'expert-units']),
        blocks: z.array(block).max(MAX_BLOCKS),
      }),
    )
    .max(16),
});

const outline = z.strictObject({
  family: lineSchema(),
  untested: z.array(z.strictObject({ part: z.string().max(1000), why: z.string().max(1000) })).max(1000),
  towers: z.array(tower).max(8),
});

const hex = z.string().regex(/^[0-9a-f]{64}$/);

/** What a sketch says of its model. */
const about = z.strictObject({
  name: lineSchema(1000),
  /** SHA-256 over names and digests of the model's weight files. */
  digest: hex,
  /** Whether the digests of the files were given to the sketch's maker, and not computed. */
  given: z.boolean(),
  /** Bytes of the weight files. */
  bytes: count(Number.MAX_SAFE_INTEGER),
  /** The key of its draw. */
  key: hex,
  /** Rows of a block that were drawn at most. */
  limit: count(Number.MAX_SAFE_INTEGER),
  /** When it was made, by the clock of its maker. */
  time: z.iso.datetime(),
});

export const descriptionSchema = z.strictObject({ formatVersion: z.literal(1), about, outline });

export type Outline = z.infer<typeof outline>;
export type SketchAbout = z.infer<typeof about>;

/** The tensor of tokens: ids by token, and merges. */
export const tokensSchema = z.strictObject({
  ids: z.array(z.tuple([z.string().max(10_000), count(2 ** 31)])).max(10_000_000),
  merges: z.array(z.string().max(20_000)).max(10_000_000).nullable(),
  digest: hex,
});
