// Several answers to one message: the first has the seed, each later one the next. A talk goes on with the first one, which alone is shown
// as it comes.

import type { Answer, AnswerHandlers } from './answer.ts';

/** The first answer, and the others. */
export interface Said extends Answer {
  others: Answer[];
}

export class SeveralAnswers {
  readonly #seed: number;
  /** Earlier draws with each seed. */
  readonly #drawn: number[];

  constructor(seed: number, count: number) {
    this.#seed = seed;
    this.#drawn = Array.from({ length: count }, () => 0);
  }

  /** Asks for all of them at once; the first one comes first. */
  async ask<T extends Answer>(
    handlers: AnswerHandlers,
    answer: (one: AnswerHandlers & { seed: number; drawn: number }) => Promise<T>,
  ): Promise<T[]> {
    const { signal } = handlers;
    const quiet: AnswerHandlers = { onText: () => {}, ...(signal && { signal }) };
    const answers = await Promise.all(
      this.#drawn.map((drawn, i) => answer({ ...(i === 0 ? handlers : quiet), seed: this.#seed + i, drawn })),
    );
    for (const [i, { tokenIds }] of answers.entries()) this.#drawn[i] += tokenIds.length;
    return answers;
  }
}
