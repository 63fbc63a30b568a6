// The result of a finished run: result.json.

import { z } from 'zod';
import { countSchema, digestSchema, figureSchema } from '../../formats/index.ts';

export const makeResultSchema = z.object({
  steps: countSchema,
  /** Places in the batches: steps times batchSize times sequenceLength. */
  tokens: countSchema,
  /** Of a run with conversations: the places that hold a token, the others are left over in packing. Missing in older results. */
  usedTokens: countSchema.exactOptional(),
  parameters: countSchema,
  stateRoot: digestSchema,
  /** Last link of the transcript. */
  head: digestSchema,
  /** Bits per byte of the validation text; NaN where the corpus has none. */
  valBitsPerByte: figureSchema,
  /** What was expected of it before training; missing in older results. */
  expected: z
    .union([z.object({ least: z.number(), most: z.number() }), z.object({ unknown: z.string() })])
    .exactOptional(),
  tokensPerSecond: figureSchema,
  /** Duration of the session that finished the run. */
  seconds: z.number(),
});

export interface MakeResult extends z.infer<typeof makeResultSchema> {
  /** The run folder. */
  run: string;
  /** The recipe's seed, drawn where it named none. That of a lodged run follows from it and the office's answer. */
  seed: number;
}
