// Tokens of rendered conversations: the template's text may give special tokens, what is said never does.

import type { TextTokenizer } from '../tokenizer/index.ts';

/** A part of a rendered text: of the template, or of messages and tools. */
export interface Piece {
  text: string;
  said: boolean;
}

/** Cuts a text inside every occurrence of these words. */
function cut(text: string, words: Iterable<string>): string[] {
  let pieces = [text];
  for (const word of words) {
    const [first] = word;
    const rest = word.slice(first!.length);
    pieces = pieces.flatMap((piece) => {
      const parts = piece.split(word);
      return parts.map((part, i) => (i > 0 ? rest : '') + part + (i < parts.length - 1 ? first : ''));
    });
  }
  return pieces;
}

export class TemplateTokens {
  readonly #tokenizer: TextTokenizer;
  readonly #controls = new Map<number, boolean>();
  readonly #specials = new Map<number, boolean>();

  constructor(tokenizer: TextTokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** Ids of the template's text. */
  ids(text: string): Uint32Array {
    return this.#tokenizer.encode(text, { special: true });
  }

  text(id: number): string {
    return this.#tokenizer.decode([id]);
  }

  /** Whether ordinary text never gives this token. */
  readonly isSpecial = (id: number): boolean => {
    const known = this.#specials.get(id);
    if (known !== undefined) return known;
    const text = this.text(id);
    const isIt = (ids: Uint32Array): boolean => ids.length === 1 && ids[0] === id;
    const is = isIt(this.ids(text)) && !isIt(this.#tokenizer.encode(text));
    this.#specials.set(id, is);
    return is;
  };

  /** Whether a token is special or looks like a special one: makers of models forget to mark them. */
  isControl(id: number): boolean {
    const known = this.#controls.get(id) ?? (this.isSpecial(id) || /^[<[|].+[>\]|]$/su.test(this.text(id)));
    this.#controls.set(id, known);
    return known;
  }

  /** The control tokens that the template's own text gives, with their texts. */
  controlsOf(pieces: readonly Piece[]): Map<number, string> {
    const ids = new Set(pieces.filter(({ said }) => !said).flatMap(({ text }) => [...this.ids(text)]));
    return new Map([...ids].filter((id) => this.isControl(id)).map((id) => [id, this.text(id)]));
  }

  /**
   * Ids of a rendered text: those of the whole text, as a model was tuned on them. If a message contains something like a special token,
   * these would differ: then the ids of the separate pieces.
   */
  encode(pieces: readonly Piece[], control = this.controlsOf(pieces)): number[] {
    const separate = pieces.flatMap(({ text, said }) =>
      said ? cut(text, control.values()).flatMap((piece) => [...this.#tokenizer.encode(piece)]) : [...this.ids(text)],
    );
    const whole = [...this.ids(pieces.map(({ text }) => text).join(''))];
    const special = (ids: number[]) => ids.filter((id) => control.has(id) || this.isSpecial(id)).join();
    return special(whole) === special(separate) ? whole : separate;
  }
}
