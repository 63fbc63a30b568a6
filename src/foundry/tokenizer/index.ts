// The tokenizer: byte-level BPE with GPT-2's split, saved as Hugging Face's tokenizer.json; tokenizers of other makers; files of
// token ids.
export {
  loadRunTokenizer,
  openRunTokenizer,
  outlineTokenizer,
  type ReadTokenizer,
  readTokenizer,
  specialTokens,
  type TokenizerOutline,
} from './foreign.ts';
export { ggufTokenizerJson, toGgufTokenizer, UNUSED_TOKEN, unusedToken } from './gguf.ts';
export type { TrainingProgress } from './learn.ts';
export type { MeasuredText, RunTokenizer, TokenizerSettings } from './run-tokenizer.ts';
export { encodeCorpus, type OpenTokenFiles, openTokenFiles, openTokens, type Tokens, tokenWidth } from './shards.ts';
export type { TextStream, TextTokenizer } from './text-tokenizer.ts';
export { type TokenTable, tokenTableOfGguf, tokenTableOfJson } from './token-table.ts';
export { TokenWriter } from './token-writer.ts';
export { Tokenizer } from './tokenizer.ts';
export { tokenizerText } from './tokenizer-file.ts';
export { extendTokenizer, trainTokenizer } from './train.ts';
export { END_OF_TEXT } from './vocabulary.ts';
