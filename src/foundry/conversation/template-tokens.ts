// Tokens of rendered conversations: the template's text may give special tokens, what is said never does.

import type { MeasuredText, RunTokenizer, TextTokenizer } from '../tokenizer/index.ts';

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
    const rest = word.slice(first.length);
    pieces = pieces.flatMap((piece) => {
      const parts = piece.split(word);
      return parts.map((part, i) => (i > 0 ? rest : '') + part + (i < parts.length - 1 ? first : ''));
    });
  }
  return pieces;
}

const textOf = (pieces: readonly Piece[]) => pieces.map(({ text }) => text).join('');

/** The texts that are encoded by themselves, and whether special tokens are found in them. */
const apart = (pieces: readonly Piece[], control: ReadonlyMap<number, string>) =>
  pieces.flatMap(({ text, said }) =>
    (said ? cut(text, control.values()) : [text]).map((one) => ({ text: one, special: !said })),
  );

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
    const isIt = (ids: Uint32Array) => ids.length === 1 && ids[0] === id;
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
    const separate = apart(pieces, control).flatMap(({ text, special }) => [
      ...this.#tokenizer.encode(text, { special }),
    ]);
    const whole = [...this.ids(textOf(pieces))];
    return this.#isSame(whole, separate, control) ? whole : separate;
  }

  /**
   * The same by the tokenizer of a run, with the bytes of the text that each id stands for; without them where it changes the text. Where it
   * changes only what stands at the ends of pieces, their ids.
   */
  measured(pieces: readonly Piece[], tokenizer: RunTokenizer): MeasuredText {
    const control = this.controlsOf(pieces);
    const parts = apart(pieces, control).map(({ text, special }) => tokenizer.encodeMeasured(text, { special }));
    const whole = tokenizer.encodeMeasured(textOf(pieces), { special: true });
    const ids = parts.flatMap((part) => [...part.ids]);
    if (whole.bytes && this.#isSame(whole.ids, ids, control)) return whole;
    const isWhole = parts.every(({ bytes }) => bytes);
    return {
      ids: Uint32Array.from(ids),
      bytes: isWhole ? Uint32Array.from(parts.flatMap(({ bytes }) => [...bytes!])) : undefined,
    };
  }

  /** Whether the ids of the whole text have the special tokens of the pieces, in the same order. */
  #isSame(whole: Iterable<number>, separate: readonly number[], control: ReadonlyMap<number, string>): boolean {
    const special = (ids: Iterable<number>) => [...ids].filter((id) => control.has(id) || this.isSpecial(id)).join();
    return special(whole) === special(separate);
  }
}
