// Given tokens whose likelihood is wanted, as a task of the scheduler.

import type { Next, Scored, Task } from './task.ts';

export class Scoring implements Task {
  readonly input: readonly number[];
  readonly scored: Scored;
  /** -ln p of each token from `first` on. */
  readonly nats: Float64Array;
  /** Whether each of them is the likeliest one. */
  greedy = true;

  /** Scores 2 to `context` + 1 tokens from index `first` on, at least 1. */
  constructor(tokens: readonly number[], first: number) {
    this.input = tokens.slice(0, -1);
    this.nats = new Float64Array(tokens.length - first);
    const onToken = (index: number, nats: number, isGreedy: boolean): void => {
      this.nats[index - first] = nats;
      this.greedy &&= isGreedy;
    };
    this.scored = { tokens, first, onToken };
  }

  next(): Next {
    return 'ended';
  }
}
