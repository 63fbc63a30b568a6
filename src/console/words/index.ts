// The words of every language, and words for what the API names.

import type { Lang } from '../../page-kit/index.ts';
import type { Words } from './words.ts';
import { en } from './words-en.ts';
import { ko } from './words-ko.ts';

export const WORDS: Record<Lang, Words> = { en, ko };

/** The word for a name of the API; the name itself where it is new to the console. */
export const wordFor = (words: Record<string, string>, name: string): string =>
  Object.hasOwn(words, name) ? words[name] : name;

/** A consortium's status: `active`, `out: veto`, ... */
export function consortiumStatus(words: Words, status: string): string {
  const { outVeto, outPoints, outWithdrawn } = words.status;
  const outs: Record<string, string> = {
    'out: veto': outVeto,
    'out: points': outPoints,
    'out: withdrawn': outWithdrawn,
  };
  return Object.hasOwn(outs, status) ? outs[status] : wordFor(words.status, status);
}
