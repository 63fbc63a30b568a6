// Tokenizers of other makers: text to ids and back. Hugging Face's library merges; splitting and decoding are done here, so that
// nothing is added to a text and special tokens in it stay text unless the caller asks for them.

import * as library from '@huggingface/tokenizers';
import { JikjiError } from '../../base/index.ts';
import { type ForeignOutline, type ForeignVocabulary, foreignFromJson, outlineFromJson } from './foreign-json.ts';
import type { TextStream, TextTokenizer } from './text-tokenizer.ts';
import { anyOf, newTextDecoder, textStream, unknownToken } from './token-text.ts';
import { Tokenizer } from './tokenizer.ts';

/** The library's merging; its type declarations lack this class. */
const { BPE } = library as unknown as { BPE: new (model: object) => { encode(pieces: string[]): string[] } };

/** A tokenizer's kind and tokens. */
export interface TokenizerOutline {
  /** A description for people. */
  kind: string;
  vocabSize: number;
  /** Id of a token by its text, for example `<|endoftext|>`. */
  idOf(token: string): number | undefined;
  /** Text of a token, as the file spells it. */
  tokenOf(id: number): string | undefined;
}

/** A tokenizer as its file describes it. The file does not say which tokens begin and end a text. */
export interface ReadTokenizer extends TokenizerOutline {
  /** Completes the tokenizer with its prefix and the ids that end a text; undefined if no prefix is known. */
  ready(prefixId: number | undefined, endIds: readonly number[]): TextTokenizer | undefined;
}

/**
 * Reads the text of a tokenizer.json as one of ours, which is faster, or as one of another maker.
 * @throws JikjiError `tokenizer-broken`, `tokenizer-unsupported`
 */
export function readTokenizer(text: string, name?: string): ReadTokenizer {
  let tokenizer: Tokenizer;
  try {
    tokenizer = Tokenizer.fromJson(text, name);
  } catch (error) {
    if (error instanceof JikjiError) return readForeign(text, name);
    throw error;
  }
  const spelled = tokenizer.spelledTokens();
  return {
    kind: 'byte-level BPE, split as GPT-2',
    vocabSize: tokenizer.vocabSize,
    idOf: (token) => tokenizer.specials.get(token) ?? nonNegative(spelled.indexOf(token)),
    tokenOf: (id) => spelled[id],
    ready: (prefixId = tokenizer.prefixId, endIds) => {
      const allEndIds = new Set([...tokenizer.endIds, ...endIds]);
      if (prefixId === tokenizer.prefixId && allEndIds.size === tokenizer.endIds.size) return tokenizer;
      return {
        vocabSize: tokenizer.vocabSize,
        prefixId,
        endIds: allEndIds,
        encode: (text, options) => tokenizer.encode(text, options),
        plainBytes: (id) => tokenizer.plainBytes(id),
        decode: (ids) => tokenizer.decode(ids),
        stream: () => tokenizer.stream(),
      };
    },
  };
}

/**
 * The kind and the tokens of a tokenizer.json, without reading its merges.
 * @throws JikjiError as `readTokenizer`
 */
export const outlineTokenizer = (text: string, name?: string): TokenizerOutline =>
  outlineOf(outlineFromJson(text, name));

const outlineOf = ({ kind, ids, tokens, added }: ForeignOutline): TokenizerOutline => ({
  kind,
  vocabSize: tokens.length,
  idOf: (token) => ids.get(token) ?? added.find(({ content }) => content === token)?.id,
  tokenOf: (id) => tokens[id],
});

const nonNegative = (index: number): number | undefined => (index < 0 ? undefined : index);

function readForeign(text: string, name: string | undefined): ReadTokenizer {
  const vocabulary = foreignFromJson(text, name);
  return {
    ...outlineOf(vocabulary),
    ready: (prefixId, endIds) => {
      const prefix = prefixId ?? endIds[0];
      return prefix === undefined ? undefined : new ForeignTokenizer(vocabulary, prefix, endIds);
    },
  };
}

class ForeignTokenizer implements TextTokenizer {
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
    const wellFormed = text.toWellFormed();
    const ids: number[] = [];
    let at = 0;
    const encodePlain = (end: number): void => {
      if (end > at) this.#merge(this.#vocabulary.pieces(wellFormed.slice(at, end), at === 0), ids);
    };
    const pattern = special ? this.#addedPattern : this.#wordPattern;
    for (const match of pattern ? wellFormed.matchAll(pattern) : []) {
      encodePlain(match.index);
      ids.push(this.#added.get(match[0])!);
      at = match.index + match[0].length;
    }
    encodePlain(wellFormed.length);
    return Uint32Array.from(ids);
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
