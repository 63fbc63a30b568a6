// The result of a finished run: result.json.

import { z } from 'zod';
import { countSchema, digestSchema, figureSchema } from '../../formats/index.ts';

export const makeResultSchema = z.object({
  steps: countSchema,
  tokens: countSchema,
  parameters: countSchema,
  stateRoot: digestSchema,
  /** Last link of the transcript. */
  head: digestSchema,
  /** Bits per byte of the validation text; NaN where the corpus has none. */
  valBitsPerByte: figureSchema,
  tokensPerSecond: figureSchema,
  /** Duration of the session that finished the run. */
  seconds: z.number(),
});

export interface MakeResult extends z.infer<typeof makeResultSchema> {
  /** The run folder. */
  run: string;
}
