// What a model needs of a tokenizer, whoever made it.

/** Text to ids and back. */
export interface TextTokenizer {
  /** Number of ids: they are 0 to vocabSize - 1. */
  readonly vocabSize: number;
  /** Stands before every text: the model's beginning-of-text token, or its end-of-text where it has no other. */
  readonly prefixId: number;
  /** Ids that end a text. */
  readonly endIds: ReadonlySet<number>;
  /** Ids of a text; none is added. Special tokens written in the text are plain text unless `special` is true. */
  encode(text: string, options?: { special?: boolean }): Uint32Array;
  /** The text of ids; what is not UTF-8 becomes U+FFFD. @throws JikjiError `token-unknown` */
  decode(ids: ArrayLike<number>): string;
  /** For text that appears while it is generated: characters come when they are whole. */
  stream(): TextStream;
}

export interface TextStream {
  /** The text that is certain after these further ids. */
  push(ids: number | ArrayLike<number>): string;
  /** The rest. */
  end(): string;
}
