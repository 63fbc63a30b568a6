// How tokenizers that others made cut a text before merging. Only patterns known here are used, each beside its translation: a
// pattern out of a file is compared, never compiled, so no file can bring one that takes forever. Knows no vocabulary.

import { SPLIT_PATTERN } from './split.ts';

/** GPT-2's, where \s is White_Space as in Rust and Oniguruma. */
const GPT2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Llama 3's and Qwen2's differ in the digits they take at once. The long s is an s to whoever ignores case. */
const llama3 = (digits: string): RegExp =>
  new RegExp(
    `'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\p{White_Space}\\p{L}\\p{N}]+[\\r\\n]*|\\p{White_Space}*[\\r\\n]+|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+`,
    'gu',
  );

const written = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

export interface Split {
  /** For people. */
  name: string;
  /** Its matches cover every text; each is a piece. */
  pattern: RegExp;
}

export const GPT2_SPLIT: Split = { name: 'GPT-2', pattern: GPT2 };

/** Splits by the pattern as tokenizer.json has it. */
export const KNOWN_SPLITS: ReadonlyMap<string, Split> = new Map<string, Split>([
  [SPLIT_PATTERN, GPT2_SPLIT],
  ["'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", GPT2_SPLIT],
  [written('\\p{N}{1,3}'), { name: 'Llama 3', pattern: llama3('\\p{N}{1,3}') }],
  [written('\\p{N}'), { name: 'Qwen2', pattern: llama3('\\p{N}') }],
]);

/** Digits for themselves, one by one or all that follow each other. */
export const digitSplit = (individual: boolean): Split => ({
  name: individual ? 'single digits' : 'digits',
  pattern: individual ? /\p{N}|\P{N}+/gu : /\p{N}+|\P{N}+/gu,
});

/** The pieces of a text after all splits, one after the other. */
export function splitText(text: string, splits: readonly Split[]): string[] {
  let pieces = [text];
  for (const { pattern } of splits) pieces = pieces.flatMap((piece) => piece.match(pattern) ?? []);
  return pieces;
}
