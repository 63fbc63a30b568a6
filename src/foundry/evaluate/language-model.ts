// What evaluation asks of a model: how likely texts are, and what it writes. Knows ids, not texts.

/** A continuation to be scored after a context of at least one token; together at most contextLength + 1 tokens. */
export interface ScoreRequest {
  context: ArrayLike<number>;
  continuation: ArrayLike<number>;
}

export interface Scored {
  /** -ln p of each token of the continuation. */
  nats: Float64Array;
  /** True where each of them was the likeliest one (the lowest id on a tie). */
  greedy: boolean;
}

export interface GenerateOptions {
  maxTokens: number;
  /** Told of each id; true ends the text with it. */
  stop(id: number): boolean;
}

export interface LanguageModel {
  /** Tokens a forward pass takes. */
  readonly contextLength: number;
  /**
   * Scores requests, in their order; how they are batched, and which of them share a context, changes no bit.
   * `onTokens` is told how many tokens were computed since it was last told.
   */
  score(requests: readonly ScoreRequest[], onTokens?: (tokens: number) => void): Promise<Scored[]>;
  /** The likeliest continuation, token by token. */
  generate(context: ArrayLike<number>, options: GenerateOptions): Promise<number[]>;
  close(): void;
}
