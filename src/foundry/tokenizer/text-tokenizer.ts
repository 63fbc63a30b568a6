// The interface that a model needs of a tokenizer, whoever made it.

/** Text to ids and back. */
export interface TextTokenizer {
  /** Number of ids: they are 0 to vocabSize - 1. */
  readonly vocabSize: number;
  /** The id before every text: the model's beginning-of-text token, or its end-of-text token if it has no other. */
  readonly prefixId: number;
  /** Ids that end a text. */
  readonly endIds: ReadonlySet<number>;
  /** Ids of a text, with none added. Special tokens written in the text are plain text unless `special` is true. */
  encode(text: string, options?: { special?: boolean }): Uint32Array;
  /** The bytes that a token adds to a text; undefined for a special token. */
  plainBytes(id: number): Uint8Array | undefined;
  /** The text of ids; bytes that are not UTF-8 become U+FFFD. @throws JikjiError `token-unknown` */
  decode(ids: ArrayLike<number>): string;
  /** A decoder for a text that is being generated: it returns complete characters only. */
  stream(): TextStream;
}

export interface TextStream {
  /** Takes more ids and returns the text of all complete characters so far. */
  push(ids: number | ArrayLike<number>): string;
  /** Returns the rest; an incomplete character becomes U+FFFD. */
  end(): string;
}
