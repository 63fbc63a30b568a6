// What a finished run came to: result.json.

import { z } from 'zod';

const whole = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** What is no number is null in JSON. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

export const makeResultSchema = z.object({
  steps: whole,
  tokens: whole,
  parameters: whole,
  stateRoot: digest,
  /** Last link of the transcript. */
  head: digest,
  /** On the validation text; NaN where the corpus has none. */
  valBitsPerByte: figure,
  tokensPerSecond: figure,
  /** Of this session. */
  seconds: z.number(),
});

export interface MakeResult extends z.infer<typeof makeResultSchema> {
  /** Its folder. */
  run: string;
}
