// Tokenizers that others made: text to ids and back. Merging is done by Hugging Face's library; what is given to it, and what
// ids spell, is ours, so that nothing is added to a text and special tokens in it stay text unless they are asked for.

import * as library from '@huggingface/tokenizers';
import { JikjiError } from '../../base/index.ts';
import {
  type AddedToken,
  type ForeignOutline,
  type ForeignVocabulary,
  foreignFromJson,
  outlineFromJson,
} from './foreign-json.ts';
import { newTextDecoder } from './text-decoder.ts';
import type { TextStream, TextTokenizer } from './text-tokenizer.ts';
import { Tokenizer } from './tokenizer.ts';

/** The library's merging; its declarations leave this class out. */
const { BPE } = library as unknown as { BPE: new (model: object) => { encode(pieces: string[]): string[] } };

/** What a tokenizer is. */
export interface TokenizerOutline {
  /** For people. */
  kind: string;
  vocabSize: number;
  /** Id of a token by its text, for example `<|endoftext|>`. */
  idOf(token: string): number | undefined;
  /** Text of a token as its file spells it. */
  tokenOf(id: number): string | undefined;
}

/** A tokenizer as it was read; what begins and ends a text is not in its file. */
export interface ReadTokenizer extends TokenizerOutline {
  /** With its prefix and the ids that end a text; undefined where its own kind knows none. */
  ready(prefixId: number | undefined, endIds: readonly number[]): TextTokenizer | undefined;
}

/**
 * Reads the text of a tokenizer.json: by our own reader, which is faster, or as one of the kinds known of others.
 * @throws JikjiError `tokenizer-broken`, `tokenizer-unsupported`
 */
export function readTokenizer(text: string, name?: string): ReadTokenizer {
  let own: Tokenizer;
  try {
    own = Tokenizer.fromJson(text, name);
  } catch (error) {
    if (error instanceof JikjiError) return readForeign(text, name);
    throw error;
  }
  const spelled = own.spelledTokens();
  return {
    kind: 'byte-level BPE, split as GPT-2',
    vocabSize: own.vocabSize,
    idOf: (token) => own.specials.get(token) ?? nonNegative(spelled.indexOf(token)),
    tokenOf: (id) => spelled[id],
    ready: (prefixId = own.prefixId, endIds) => {
      const ends = new Set([...own.endIds, ...endIds]);
      if (prefixId === own.prefixId && ends.size === own.endIds.size) return own;
      return {
        vocabSize: own.vocabSize,
        prefixId,
        endIds: ends,
        encode: (text, options) => own.encode(text, options),
        decode: (ids) => own.decode(ids),
        stream: () => own.stream(),
      };
    },
  };
}

/**
 * What the tokenizer of a tokenizer.json is, without reading its merges.
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
  /** Added tokens as they are found in a text: those that are always looked for, and all. */
  readonly #words: RegExp | undefined;
  readonly #all: RegExp | undefined;
  readonly #added: ReadonlyMap<string, number>;
  readonly #addedIds: ReadonlySet<number>;
  #bpe: InstanceType<typeof BPE> | undefined;

  constructor(vocabulary: ForeignVocabulary, prefixId: number, endIds: readonly number[]) {
    const { added } = vocabulary;
    this.vocabSize = vocabulary.tokens.length;
    this.prefixId = prefixId;
    this.endIds = new Set(endIds);
    this.#vocabulary = vocabulary;
    this.#words = patternOf(added.filter((token) => !token.special));
    this.#all = patternOf(added);
    this.#added = new Map(added.map(({ content, id }) => [content, id]));
    this.#addedIds = new Set(added.map(({ id }) => id));
  }

  encode(text: string, { special = false } = {}): Uint32Array {
    const wellFormed = text.toWellFormed();
    const ids: number[] = [];
    let at = 0;
    const plain = (end: number): void => {
      if (end > at) this.#merge(this.#vocabulary.pieces(wellFormed.slice(at, end), at === 0), ids);
    };
    const pattern = special ? this.#all : this.#words;
    for (const match of pattern ? wellFormed.matchAll(pattern) : []) {
      plain(match.index);
      ids.push(this.#added.get(match[0])!);
      at = match.index + match[0].length;
    }
    plain(wellFormed.length);
    return Uint32Array.from(ids);
  }

  #merge(pieces: string[], into: number[]): void {
    const { ids, merges, ignoreMerges, byteFallback } = this.#vocabulary;
    // When it is first needed: a large one takes a second and 200 MB.
    this.#bpe ??= new BPE({
      type: 'BPE',
      vocab: Object.fromEntries(ids),
      merges,
      ignore_merges: ignoreMerges,
      byte_fallback: byteFallback,
    });
    for (const piece of pieces) for (const token of this.#bpe.encode([piece])) into.push(ids.get(token)!);
  }

  /** The text of ids; a space that `encode` put before the text is taken away again. @throws JikjiError `token-unknown` */
  decode(ids: ArrayLike<number>): string {
    const text = newTextDecoder().decode(this.#bytes(ids));
    return this.#vocabulary.hasPrefix && text.startsWith(' ') ? text.slice(1) : text;
  }

  /** For the continuation of a text: a space at its start is one. */
  stream(): TextStream {
    const decoder = newTextDecoder();
    return {
      push: (ids) => decoder.decode(this.#bytes(typeof ids === 'number' ? [ids] : ids), { stream: true }),
      end: () => decoder.decode(),
    };
  }

  #bytes(ids: ArrayLike<number>): Uint8Array {
    const { bytes, tokens } = this.#vocabulary;
    return Buffer.concat(
      Array.from(ids, (id) => {
        const token = tokens[id];
        if (token === undefined) {
          throw new JikjiError(
            'token-unknown',
            `there is no token with this id; ids are below ${this.vocabSize}`,
            String(id),
            'use the tokenizer that the ids were made with',
          );
        }
        return this.#addedIds.has(id) ? Buffer.from(token) : bytes(token);
      }),
    );
  }
}

/** Finds tokens in a text, the longest first. */
function patternOf(added: readonly AddedToken[]): RegExp | undefined {
  if (added.length === 0) return undefined;
  const texts = added.map(({ content }) => content).sort((a, b) => b.length - a.length);
  return new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'gu');
}
