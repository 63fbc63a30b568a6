// What the scheduler computes: the interface of a text that grows. Knows no memory.

import type { Logits } from './choose.ts';

/** What follows after a token was chosen: the text grew by it, it begins anew with another input, or it has ended. */
export type Next = 'grown' | 'restarted' | 'ended';

export interface ScoreInput {
  /** The input, and one token more at most. */
  tokens: readonly number[];
  /** Index of the first token to score, at least 1. */
  first: number;
  /** Gets -ln p of a token, and whether it is the likeliest one. */
  onToken?(index: number, nats: number, isGreedy: boolean): void;
  /** Gets the logits that predict a token, valid during the call: slower, and says more. */
  onLogits?(index: number, logits: Logits): void;
}

export interface Task {
  /** The model's input, 1 to `context` tokens: the text so far, or its end where all of it does not fit. */
  readonly input: readonly number[];
  /**
   * Gets the logits after the last token of the input, valid during the call, and appends the token that it chooses to the input. An
   * error ends this task alone.
   */
  next(logits: Logits): Next;
  /** Tokens that may follow, to be computed beforehand: one that `next` then chooses costs nothing more. */
  guess?(most: number): readonly number[];
  /** Its choices may take long, as by masks: their time is its client's debt. */
  readonly isCostly?: boolean;
  /** Where the likelihood of given tokens is wanted. Such a task takes nothing over from earlier ones. */
  scored?: ScoreInput;
}
