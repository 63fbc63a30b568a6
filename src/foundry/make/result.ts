// What a finished run came to: result.json.

import { z } from 'zod';
import { countSchema, digestSchema, figureSchema } from '../../formats/index.ts';

export const makeResultSchema = z.object({
  steps: countSchema,
  tokens: countSchema,
  parameters: countSchema,
  stateRoot: digestSchema,
  /** Last link of the transcript. */
  head: digestSchema,
  /** On the validation text; NaN where the corpus has none. */
  valBitsPerByte: figureSchema,
  tokensPerSecond: figureSchema,
  /** Of this session. */
  seconds: z.number(),
});

export interface MakeResult extends z.infer<typeof makeResultSchema> {
  /** Its folder. */
  run: string;
}
