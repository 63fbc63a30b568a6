// A chip card that was read, as the catalogue keeps it and the API answers with it.

import { z } from 'zod';
import { CARD_RESULTS, CARD_SECTIONS } from './chip-card-schema.ts';

const cardFindingShape = z
  .object({
    about: z.enum(CARD_SECTIONS),
    /** The operation, and of an accuracy its output. */
    of: z.string(),
    dtype: z.string(),
    /** Null: not measured. */
    result: z.enum(CARD_RESULTS).nullable(),
    /** Why it was not measured. */
    reason: z.string().nullable(),
    /** Null: not finite. */
    numbers: z.record(z.string(), z.number().nullable()),
    /** SHA-256 of the result's bytes, of an accuracy. */
    bits: z.string().nullable(),
  })
  .meta({ id: 'CardFinding' });
export type CardFinding = z.infer<typeof cardFindingShape>;

/** A card without its findings. */
export const cardHeadShape = z
  .object({
    /** As the catalogue names it. */
    file: z.string(),
    /** SHA-256 of the file. */
    digest: z.string(),
    device: z.string(),
    torch: z.string().nullable(),
    by: z.string(),
    time: z.string(),
    vectors: z.string(),
  })
  .meta({ id: 'CardHead' });
export const chipCardShape = cardHeadShape
  .extend({
    asked: z.string(),
    capability: z.string().nullable(),
    /** Versions by name: `torch`, `driver`, .. */
    software: z.record(z.string(), z.string()),
    settings: z.object({
      deterministic: z.boolean(),
      flags: z.record(z.string(), z.string()),
      float32Products: z.string(),
      threads: z.number(),
    }),
    findings: z.array(cardFindingShape),
  })
  .meta({ id: 'ChipCard' });
export type ChipCard = z.infer<typeof chipCardShape>;
