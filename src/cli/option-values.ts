// Values of options: numbers with their ranges, checked before any work begins; and options that several verbs share.

import type { Command } from 'commander';
import { defaultThreads, JikjiError } from '../base/index.ts';

export { defaultThreads } from '../base/index.ts';

function wrong(option: string, text: string, wanted: string): JikjiError {
  return new JikjiError(
    'usage',
    `${option} takes ${wanted}`,
    `${option} ${text}`,
    `write for example ${option} ${example(wanted)}`,
  );
}

const example = (wanted: string) => /[\d.]+/.exec(wanted)?.[0] ?? '1';

/** A parser of whole numbers for commander. */
export function wholeNumber(option: string, min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const wanted =
      max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min} on` : `a whole number from ${min} to ${max}`;
    throw wrong(option, text, wanted);
  };
}

/** A parser of numbers for commander. */
export function number(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max) return value;
    throw wrong(option, text, `a number from ${min} to ${max}`);
  };
}

/** Collects an option that may be given several times. */
export const collect = (text: string, earlier: string[] = []): string[] => [...earlier, text];

/** A parser of 64 hex digits; capitals, spaces and colons are accepted. */
export const hexDigits =
  (option: string) =>
  (text: string): string => {
    const hex = text.replace(/[\s:]/g, '').toLowerCase();
    if (/^[0-9a-f]{64}$/.test(hex)) return hex;
    throw new JikjiError('usage', `${option} takes 64 hex digits`, `${option} ${text}`, 'copy it whole');
  };

const wholeRows = wholeNumber('--rows', 8, 1 << 20);

/** Units of a block that a comparison looks at. */
export const rowsOption = [
  '--rows <n>',
  'units of each block to look at, or all: what lost units is found by all',
] as const;
export const parseRows = (text: string): number => (text === 'all' ? Number.MAX_SAFE_INTEGER : wholeRows(text));

export const threadsOption = ['--threads <n>', 'threads to use; changes no bit of the result'] as const;
/** Of an audit, which may be one of a run of PyTorch. */
export const auditThreads =
  'threads to use; changes no bit of a run of ours, but may change all bits of a run of PyTorch (default there: what it declares)';
export const parseThreads = wholeNumber('--threads', 1, 256);

export interface SamplingOptions {
  maxTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  repetitionPenalty: number;
  stop?: string[];
  seed: number;
  threads: number;
}

/** The options of verbs that sample from a model. `limit`: the description of --max-tokens, with its default. */
export const addSamplingOptions = (verb: Command, limit: string, maxTokens: number): Command =>
  verb
    .option('--max-tokens <n>', limit, wholeNumber('--max-tokens', 1, 1_000_000), maxTokens)
    .option('--temperature <x>', '0 always takes the likeliest token', number('--temperature', 0, 100), 0.8)
    .option('--top-k <n>', 'choose among the n likeliest tokens; 0: all', wholeNumber('--top-k', 0), 0)
    .option('--top-p <x>', 'choose among the likeliest tokens of this total probability', number('--top-p', 0, 1), 0.95)
    .option('--min-p <x>', 'choose among tokens at least this likely beside the likeliest', number('--min-p', 0, 1), 0)
    .option(
      '--repetition-penalty <x>',
      'above 1: what was there before is less likely',
      number('--repetition-penalty', 0.01, 100),
      1,
    )
    .option('--stop <text>', 'ends the text before this; may be given several times', collect)
    .option('--seed <n>', 'seed of the choice', wholeNumber('--seed', 0), 1377)
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads());
