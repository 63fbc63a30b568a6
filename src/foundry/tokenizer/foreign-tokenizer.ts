// Tokenizers of other makers: text to ids and back. Hugging Face's library merges; splitting and decoding are done here, so that
// nothing is added to a text and special tokens in it stay text unless the caller asks for them.

import * as library from '@huggingface/tokenizers';
import type { ForeignVocabulary } from './foreign-json.ts';
import type { TextStream, TextTokenizer } from './text-tokenizer.ts';
import { anyOf, newTextDecoder, textStream, unknownToken } from './token-text.ts';

/** The library's merging; its type declarations lack this class. */
const { BPE } = library as unknown as { BPE: new (model: object) => { encode(pieces: string[]): string[] } };

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
  #bpe: InstanceType<typeof BPE> | undefined;

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
    const { ids, merges, ignoreMerges, byteFallback } = this.#vocabulary;
    // Made on first use: a large one takes a second and 200 MB.
    this.#bpe ??= new BPE({
      type: 'BPE',
      vocab: Object.fromEntries(ids),
      merges,
      ignore_merges: ignoreMerges,
      byte_fallback: byteFallback,
    });
    for (const piece of pieces) for (const token of this.#bpe.encode([piece])) into.push(ids.get(token)!);
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
