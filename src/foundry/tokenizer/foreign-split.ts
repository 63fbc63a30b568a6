// The splits of tokenizers of other makers. A pattern from a file is compared with the known patterns, never compiled, so no file can
// bring one that takes forever. Knows no vocabulary.

import { CLASS_OF, LETTER, NUMBER, SPACE } from './classes.ts';
import { SPLIT_PATTERN } from './split.ts';

/** The code points of a class, for a set in a pattern: those of the pinned table, because \p follows whatever Node runs. */
function setOf(kind: number): string {
  const ranges: string[] = [];
  const point = (code: number): string => `\\u{${code.toString(16)}}`;
  for (let code = 0; code < CLASS_OF.length; code++) {
    if (CLASS_OF[code] !== kind) continue;
    const start = code;
    while (CLASS_OF[code + 1] === kind) code++;
    ranges.push(code > start ? `${point(start)}-${point(code)}` : point(start));
  }
  return ranges.join('');
}
const [L, N, S] = [setOf(LETTER), setOf(NUMBER), setOf(SPACE)];

/** GPT-2's pattern; \s is White_Space, as in Rust and Oniguruma. */
const GPT2 = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?[${L}]+| ?[${N}]+| ?[^${S}${L}${N}]+|[${S}]+(?![^${S}])|[${S}]+`,
  'gu',
);

/** The patterns of Llama 3 and Qwen2 differ in the digits of one piece. Without regard to case, the long s (ſ) is an s. */
const llama3 = (digits: string): RegExp =>
  new RegExp(
    `'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n${L}${N}]?[${L}]+|${digits}| ?[^${S}${L}${N}]+[\\r\\n]*|[${S}]*[\\r\\n]+|[${S}]+(?![^${S}])|[${S}]+`,
    'gu',
  );

/** The same pattern as in tokenizer.json files. */
const llama3Source = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

export interface Split {
  /** The name for people. */
  name: string;
  /** The matches are the pieces; they cover every text. */
  pattern: RegExp;
}

export const GPT2_SPLIT: Split = { name: 'GPT-2', pattern: GPT2 };

/** Splits by their patterns in tokenizer.json. */
export const KNOWN_SPLITS: ReadonlyMap<string, Split> = new Map<string, Split>([
  [SPLIT_PATTERN, GPT2_SPLIT],
  ["'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", GPT2_SPLIT],
  [llama3Source('\\p{N}{1,3}'), { name: 'Llama 3', pattern: llama3(`[${N}]{1,3}`) }],
  [llama3Source('\\p{N}'), { name: 'Qwen2', pattern: llama3(`[${N}]`) }],
]);

/** The pattern of a known split as tokenizer.json has it. */
export function splitPattern(name: string): string {
  for (const [pattern, split] of KNOWN_SPLITS) if (split.name === name) return pattern;
  throw new Error(`no split ${name}`);
}

/** Splits digits from other text, one by one or in runs. */
export const digitSplit = (individual: boolean): Split => ({
  name: individual ? 'single digits' : 'digits',
  pattern: new RegExp(individual ? `[${N}]|[^${N}]+` : `[${N}]+|[^${N}]+`, 'gu'),
});

/** The pieces of a text after all splits in order. */
export function splitText(text: string, splits: readonly Split[]): string[] {
  let pieces = [text];
  for (const { pattern } of splits) pieces = pieces.flatMap((piece) => piece.match(pattern) ?? []);
  return pieces;
}
