// The interface that evaluation needs of a model: likelihoods of continuations, and generation. Knows ids, not texts.

import type { ScoreRequest } from '../generate/index.ts';

export interface ContinuationScore {
  /** -ln p of each token of the continuation. */
  nats: Float64Array;
  /** True where each of these tokens is the likeliest one (the lowest id on a tie). */
  greedy: boolean;
}

export interface GenerateOptions {
  maxTokens: number;
  /** Called with each id; true ends the text after it. */
  stop(id: number): boolean;
}

export interface LanguageModel {
  /** Maximum number of tokens of a forward pass. */
  readonly contextLength: number;
  /**
   * Scores requests; results are in the same order. Batching and shared contexts change no bit. `onTokens` gets the number of tokens
   * computed since its last call.
   */
  score(requests: readonly ScoreRequest[], onTokens?: (tokens: number) => void): Promise<ContinuationScore[]>;
  /** The likeliest continuation, token by token. */
  generate(context: ArrayLike<number>, options: GenerateOptions): Promise<number[]>;
  close(): void;
}
