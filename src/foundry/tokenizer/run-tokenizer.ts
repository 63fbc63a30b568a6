// The interface that a run needs of its tokenizer: documents and conversations become ids that an audit makes again. Two classes have it:
// tokenizers that a run trains, and those of other makers that a run takes over from its parent.

import type { TextTokenizer } from './text-tokenizer.ts';

/** The ids of a text, and of each the bytes of the text that it stands for; without `bytes` where the tokenizer changes the text. */
export interface MeasuredText {
  ids: Uint32Array;
  bytes: Uint32Array | undefined;
}

export interface RunTokenizer extends TextTokenizer {
  /** Ids of the special tokens by text. */
  readonly specials: ReadonlyMap<string, number>;
  /** Text of the token before every document, whose id is `prefixId`. */
  readonly bosToken: string;
  /** Text and id of the token that ends a document; the same as the one before it where a tokenizer has one token for both. */
  readonly eosToken: string;
  readonly eosId: number;
  /** All ids of a document in a token file: the token before it, its text, and the token behind it where that is another one. */
  encodeDocument(text: string): Uint32Array;
  /** As `encode`, with the bytes of the text that each id stands for: those of a special token, where it is found, are its text. */
  encodeMeasured(text: string, options?: { special?: boolean }): MeasuredText;
  /** Bytes of text that an id adds: 0 for a special token, and for a row of the embedding without a token. */
  bytesOf(id: number): number;
  /** The ids below `size` that an entry from `size` on was merged from; undefined where no merge makes it. */
  partsOf(id: number, size: number): readonly number[] | undefined;
}

/** What a recipe says of its tokenizer. With `eosToken` it is one of another maker. */
export interface TokenizerSettings {
  /** Rows of the embedding. */
  vocabSize: number;
  bosToken?: string | undefined;
  eosToken?: string | undefined;
}
