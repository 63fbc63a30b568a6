// The splits of tokenizers of other makers. A pattern from a file is compared with the known patterns, never compiled, so no file can
// bring one that takes forever. Knows no vocabulary.

import { CLASS_OF, LETTER, NUMBER, SPACE } from './classes.ts';
import { SPLIT_PATTERN } from './split.ts';

/** The code points of a class, for a set in a pattern: those of the pinned table, because \p follows whatever Node runs. */
function setOf(kind: number): string {
  const ranges: string[] = [];
  const point = (code: number) => `\\u{${code.toString(16)}}`;
  for (let code = 0; code < CLASS_OF.length; code++) {
    if (CLASS_OF[code] !== kind) continue;
    const start = code;
    while (CLASS_OF[code + 1] === kind) code++;
    ranges.push(code > start ? `${point(start)}-${point(code)}` : point(start));
  }
  return ranges.join('');
}

/** Letters, numbers and white space. Made where a pattern asks for them first: to go through the table takes longer than many a command. */
let sets: readonly [letters: string, numbers: string, spaces: string] | undefined;
const setsOfText = () => {
  sets ??= [setOf(LETTER), setOf(NUMBER), setOf(SPACE)];
  return sets;
};

/** GPT-2's pattern; \s is White_Space, as in Rust and Oniguruma. */
function gpt2(): RegExp {
  const [L, N, S] = setsOfText();
  return new RegExp(`'s|'t|'re|'ve|'m|'ll|'d| ?[${L}]+| ?[${N}]+| ?[^${S}${L}${N}]+|[${S}]+(?![^${S}])|[${S}]+`, 'gu');
}

/** The patterns of Llama 3 and Qwen2 differ in the digits of one piece. Without regard to case, the long s (ſ) is an s. */
function llama3(mostDigits: number): RegExp {
  const [L, N, S] = setsOfText();
  const digits = `[${N}]{1,${mostDigits}}`;
  return new RegExp(
    `'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n${L}${N}]?[${L}]+|${digits}| ?[^${S}${L}${N}]+[\\r\\n]*|[${S}]*[\\r\\n]+|[${S}]+(?![^${S}])|[${S}]+`,
    'gu',
  );
}

/** The same pattern as in tokenizer.json files. */
const llama3Source = (digits: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

export interface Split {
  /** The name for people. */
  name: string;
  /** The matches are the pieces; they cover every text. */
  readonly pattern: RegExp;
}

/** A split whose pattern is made when it is first needed. */
function splitOf(name: string, make: () => RegExp): Split {
  let pattern: RegExp | undefined;
  return {
    name,
    get pattern() {
      pattern ??= make();
      return pattern;
    },
  };
}

export const GPT2_SPLIT: Split = splitOf('GPT-2', gpt2);

/** Splits by their patterns in tokenizer.json. */
export const KNOWN_SPLITS: ReadonlyMap<string, Split> = new Map<string, Split>([
  [SPLIT_PATTERN, GPT2_SPLIT],
  ["'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", GPT2_SPLIT],
  [llama3Source('\\p{N}{1,3}'), splitOf('Llama 3', () => llama3(3))],
  [llama3Source('\\p{N}'), splitOf('Qwen2', () => llama3(1))],
]);

/** The pattern of a known split as tokenizer.json has it. */
export function splitPattern(name: string): string {
  for (const [pattern, split] of KNOWN_SPLITS) if (split.name === name) return pattern;
  throw new Error(`no split ${name}`);
}

/** Splits digits from other text, one by one or in runs. */
export function digitSplit(individual: boolean): Split {
  const [, N] = setsOfText();
  return {
    name: individual ? 'single digits' : 'digits',
    pattern: new RegExp(individual ? `[${N}]|[^${N}]+` : `[${N}]+|[^${N}]+`, 'gu'),
  };
}

/** The pieces of a text after all splits in order. */
export function splitText(text: string, splits: readonly Split[]): string[] {
  let pieces = [text];
  for (const { pattern } of splits) pieces = pieces.flatMap((piece) => piece.match(pattern) ?? []);
  return pieces;
}
