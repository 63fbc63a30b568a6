// The vocabulary of a tokenizer: tokens, special tokens, merges in order. Plain data; json.ts and learn.ts check it.

/** Ids are 0 to tokens.length - 1; each of the 256 bytes is a token. */
export interface Vocabulary {
  /** The bytes of each id; for a special token its text in UTF-8. */
  readonly tokens: readonly Uint8Array[];
  /** Ids of the special tokens by text, in ascending order. */
  readonly specials: ReadonlyMap<string, number>;
  /** Three ids for each merge, first merge first: left, right, merged token. */
  readonly merges: Uint32Array;
}

/** The special token between documents; it ends a generated text. */
export const END_OF_TEXT = '<|endoftext|>';

export const MAX_VOCAB_SIZE = 1 << 20;
export const MAX_SPECIALS = 1024;
/** Longest special token, in UTF-16 code units. */
export const MAX_SPECIAL_LENGTH = 256;
