// A text that is there already, as a task of the scheduler: one pass over all of it, and at each token the choice that the generator would
// have made. The logits of that pass are those of the generation, to the bit.

import type { Logits } from './choose.ts';
import type { Continuation, Ending } from './continuation.ts';
import type { Next, ScoreInput, Task } from './task.ts';

/** Where a text stops being the model's. */
export interface Difference {
  /** Index among the text's tokens. */
  at: number;
  /** Undefined: the text ends here. */
  given: number | undefined;
  /** Undefined: the model ends the text here. */
  chosen: number | undefined;
}

export interface ReplayedText {
  /** Undefined: all tokens are those that the model chooses. */
  difference: Difference | undefined;
  /** How the model ends the text after these tokens; undefined where it goes on. */
  ending: Ending | undefined;
}

export class Replay implements Task {
  readonly input: readonly number[];
  readonly scored: ScoreInput;
  readonly #text: Continuation;
  readonly #given: readonly number[];
  readonly #mayGoOn: boolean;
  #difference: Difference | undefined;
  /** Tokens that were compared. */
  #done = 0;

  /**
   * Compares `given` with what `text` chooses after `prompt`; `text` is new, and made for this prompt. `mayGoOn`: the text was broken off,
   * so what follows its last token is not asked for.
   */
  constructor(
    prompt: readonly number[],
    {
      given,
      text,
      context,
      mayGoOn,
    }: { given: readonly number[]; text: Continuation; context: number; mayGoOn: boolean },
  ) {
    const tokens = [...prompt, ...given].slice(0, context + 1);
    this.input = tokens.slice(0, context);
    this.scored = { tokens, first: prompt.length, onLogits: (_, logits) => this.#compare(logits) };
    this.#text = text;
    this.#given = given;
    this.#mayGoOn = mayGoOn;
    this.#requireMore();
  }

  get result(): ReplayedText {
    return { difference: this.#difference, ending: this.#difference ? undefined : this.#text.ending };
  }

  /** A text that the model has ended has no further tokens. */
  #requireMore(): void {
    if (this.#text.ending === undefined || this.#done === this.#given.length) return;
    this.#difference ??= { at: this.#done, given: this.#given[this.#done], chosen: undefined };
  }

  /** The next token of the text. */
  #compare(logits: Logits): void {
    if (this.#difference || this.#text.ending !== undefined) return;
    const at = this.#done;
    const given = this.#given[at];
    this.#text.next(logits);
    const chosen = this.#text.ids[at];
    if (given === undefined && chosen === undefined) return; // an end token where the text ends
    if (chosen !== given) this.#difference = { at, given, chosen };
    this.#done++;
    this.#requireMore();
  }

  /** Gets the logits after the last token. */
  next(logits: Logits): Next {
    if (!this.#mayGoOn || this.#done < this.#given.length) this.#compare(logits);
    return 'ended';
  }
}
