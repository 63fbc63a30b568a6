// Tokenizers of other makers: text to ids and back. Splitting and decoding are done here, so that nothing is added to a text and special tokens in it stay text unless the caller asks for them.

import type { ForeignVocabulary } from './foreign-json.ts';
import { type MergePiece, pieceMerger } from './foreign-merger.ts';
import type { TextStream, TextTokenizer } from './text-tokenizer.ts';
import { anyOf, newTextDecoder, textStream, unknownToken } from './token-text.ts';

export class ForeignTokenizer implements TextTokenizer {
  readonly vocabSize: number;
  readonly prefixId: number;
  readonly endIds: ReadonlySet<number>;
  readonly #vocabulary: ForeignVocabulary;
  /** Patterns of the added tokens that are found in every text, and of all added tokens. */
  readonly #wordPattern: RegExp | undefined;
  readonly #addedPattern: RegExp | undefined;
  readonly #added: ReadonlyMap<string, number>;
  readonly #addedIds: ReadonlySet<number>;
  #mergePiece: MergePiece | undefined;

  constructor(vocabulary: ForeignVocabulary, prefixId: number, endIds: readonly number[]) {
    const { added } = vocabulary;
    this.vocabSize = vocabulary.tokens.length;
    this.prefixId = prefixId;
    this.endIds = new Set(endIds);
    this.#vocabulary = vocabulary;
    const words = added.filter((token) => !token.special).map(({ content }) => content);
    this.#wordPattern = words.length > 0 ? anyOf(words) : undefined;
    this.#addedPattern = added.length > 0 ? anyOf(added.map(({ content }) => content)) : undefined;
    this.#added = new Map(added.map(({ content, id }) => [content, id]));
    this.#addedIds = new Set(added.map(({ id }) => id));
  }

  encode(text: string, { special = false } = {}): Uint32Array {
    const ids: number[] = [];
    for (const { text: part, added, first } of this.parts(text, special)) {
      if (added === undefined) this.#merge(this.#vocabulary.pieces(part, first), ids);
      else ids.push(added);
    }
    return Uint32Array.from(ids);
  }

  /** A text cut at its added tokens: their ids, and the texts between them. Those that are special are found only if `special`. */
  *parts(text: string, special: boolean): Generator<{ text: string; added: number | undefined; first: boolean }> {
    const wellFormed = text.toWellFormed();
    const pattern = special ? this.#addedPattern : this.#wordPattern;
    let at = 0;
    const plain = (end: number) => ({ text: wellFormed.slice(at, end), added: undefined, first: at === 0 });
    for (const match of pattern ? wellFormed.matchAll(pattern) : []) {
      if (match.index > at) yield plain(match.index);
      at = match.index + match[0].length;
      yield { text: match[0], added: this.#added.get(match[0])!, first: false };
    }
    if (at < wellFormed.length) yield plain(wellFormed.length);
  }

  /** The ids of a text without added tokens; `first`: it is the start of the input. */
  mergePlain(text: string, first: boolean): number[] {
    const ids: number[] = [];
    this.#merge(this.#vocabulary.pieces(text, first), ids);
    return ids;
  }

  #merge(pieces: string[], into: number[]): void {
    // Made on first use: a large one takes a second.
    this.#mergePiece ??= pieceMerger(this.#vocabulary);
    for (const piece of pieces) this.#mergePiece(piece, into);
  }

  plainBytes(id: number): Uint8Array | undefined {
    return this.#addedIds.has(id) ? undefined : this.#bytes([id]);
  }

  /** The text of ids, without the space that `encode` adds before a text. @throws JikjiError `token-unknown` */
  decode(ids: ArrayLike<number>): string {
    const text = newTextDecoder().decode(this.#bytes(ids));
    return this.#vocabulary.hasPrefix && text.startsWith(' ') ? text.slice(1) : text;
  }

  /** A decoder for the continuation of a text: it keeps a space at the start. */
  stream(): TextStream {
    return textStream((ids) => this.#bytes(ids));
  }

  #bytes(ids: ArrayLike<number>): Uint8Array {
    const { bytes, tokens } = this.#vocabulary;
    return Buffer.concat(
      Array.from(ids, (id) => {
        const token = tokens[id];
        if (token === undefined) throw unknownToken(id, this.vocabSize);
        return this.#addedIds.has(id) ? Buffer.from(token) : bytes(token);
      }),
    );
  }
}
