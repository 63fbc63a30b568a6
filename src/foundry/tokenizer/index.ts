// The tokenizer: byte-level BPE with GPT-2's split, trained here, saved as Hugging Face's tokenizer.json; and shards of tokens.

export { outlineTokenizer, type ReadTokenizer, readTokenizer, type TokenizerOutline } from './foreign.ts';
export {
  type EncodeCorpusOptions,
  type EncodedCorpus,
  encodeCorpus,
  type OpenTokensOptions,
  openTokens,
  type Tokens,
  type TokenWidth,
  tokenWidth,
} from './shards.ts';
export { LLAMA_CPP_PRE_TOKENIZER, SPLIT_PATTERN } from './split.ts';
export type { TextStream, TextTokenizer } from './text-tokenizer.ts';
export { Tokenizer, TokenStream, type TrainingReport } from './tokenizer.ts';
export {
  TRAINING_BYTES,
  type TrainingProgress,
  type TrainTokenizerOptions,
  trainTokenizer,
  type WeightedDocument,
} from './train.ts';
export { UNICODE_VERSION } from './unicode-table.ts';
export { END_OF_TEXT } from './vocabulary.ts';
