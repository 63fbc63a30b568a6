// What a tokenizer is: tokens, special tokens, merges in order. Plain data; checked where it comes in (json.ts, train.ts).

/** Ids are 0 to tokens.length - 1; each of the 256 bytes is a token. */
export interface Vocabulary {
  /** The bytes each id stands for; for a special token its text in UTF-8. */
  readonly tokens: readonly Uint8Array[];
  /** Special tokens: text to id, in the order of ids. */
  readonly specials: ReadonlyMap<string, number>;
  /** Three ids for each merge, first merge first: left, right, what they become. */
  readonly merges: Uint32Array;
}

/** Stands between documents and ends a generated text. */
export const END_OF_TEXT = '<|endoftext|>';

/** Most entries a vocabulary may have. */
export const MAX_VOCAB_SIZE = 1 << 20;

/** Most special tokens. */
export const MAX_SPECIALS = 1024;

/** Longest special token, in UTF-16 code units. */
export const MAX_SPECIAL_LENGTH = 256;
