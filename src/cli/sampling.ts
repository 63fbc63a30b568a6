// What options of a verb say about the choice of tokens, as the generator takes it.

import type { SamplingOptions } from './option-values.ts';

export const choiceOf = ({ repetitionPenalty, stop, ...rest }: SamplingOptions) => ({
  ...rest,
  penalties: { repetition: repetitionPenalty, presence: 0, frequency: 0 },
  ...(stop && { stop }),
});

/** `20 tokens, 85 tokens/s` */
export const speedLine = (tokens: number, seconds: number): string =>
  `${tokens} token${tokens === 1 ? '' : 's'}, ${(tokens / seconds).toPrecision(3)} tokens/s`;
