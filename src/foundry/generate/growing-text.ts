// The text of tokens as they come: whole characters, up to a stop string.

import type { TextStream } from '../tokenizer/index.ts';
import type { Likelihood, Token } from './continuation.ts';
import { StopStrings } from './stop-strings.ts';

/** A piece of a text that is being generated. */
export interface TextPiece {
  /** Complete characters. */
  text: string;
  /** The tokens of the piece; a character can take several. */
  tokenIds: number[];
  /** Of each of these tokens, where they are asked for. */
  likelihoods?: Likelihood[];
}

export class GrowingText {
  readonly #stream: TextStream;
  readonly #stops: StopStrings;
  /** Tokens without text yet. */
  #pending: Token[] = [];
  isStopped = false;

  constructor(stream: TextStream, stop: readonly string[]) {
    this.#stream = stream;
    this.#stops = new StopStrings(stop);
  }

  /** Takes a token; returns what is new of the text. */
  push(token: Token): TextPiece | undefined {
    this.#pending.push(token);
    const { text, found } = this.#stops.push(this.#stream.push(token.id));
    this.isStopped = found;
    return text === '' ? undefined : this.#piece(text);
  }

  /** The rest of a text that ended; an incomplete character becomes U+FFFD. */
  end(): TextPiece | undefined {
    if (this.isStopped) return undefined;
    const { text, found } = this.#stops.push(this.#stream.end());
    const rest = text + (found ? '' : this.#stops.end());
    return rest === '' && this.#pending.length === 0 ? undefined : this.#piece(rest);
  }

  /** Tokens that no piece has: after the end, those of a stop string. */
  get hidden(): number[] {
    return this.#pending.map(({ id }) => id);
  }

  #piece(text: string): TextPiece {
    const tokens = this.#pending;
    this.#pending = [];
    const likelihoods = tokens.flatMap(({ likelihood }) => likelihood ?? []);
    return { text, tokenIds: tokens.map(({ id }) => id), ...(likelihoods.length > 0 && { likelihoods }) };
  }
}
