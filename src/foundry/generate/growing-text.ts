// The text of tokens as they come: whole characters, up to a stop string.

import type { TextStream } from '../tokenizer/index.ts';
import type { Likelihood, Token } from './continuation.ts';

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

/** Ends a text before the first of some strings that is complete in it. What may be the beginning of one is held back until it is clear. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Takes more of the text; returns what surely belongs to it, and whether it ends there. */
  push(text: string): { text: string; found: boolean } {
    const all = this.#held + text;
    const places = this.#stops.flatMap((stop) => {
      const start = all.indexOf(stop);
      return start < 0 ? [] : [{ start, end: start + stop.length }];
    });
    if (places.length > 0) {
      this.#held = '';
      const { start } = places.reduce((a, b) => (b.end < a.end || (b.end === a.end && b.start < a.start) ? b : a));
      return { text: all.slice(0, start), found: true };
    }
    const kept = Math.max(0, ...this.#stops.map((stop) => overlap(all, stop)));
    this.#held = all.slice(all.length - kept);
    return { text: all.slice(0, all.length - kept), found: false };
  }

  /** What was held back when the text ended otherwise. */
  end(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

/** The length of the longest end of a text with which a string begins, not all of it. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--)
    if (text.endsWith(stop.slice(0, length))) return length;
  return 0;
}
