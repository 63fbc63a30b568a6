// The words of every language, and words for what the API names.

import { type Lang, wordFor } from '../../page-kit/index.ts';
import type { Words } from './words.ts';
import { en } from './words-en.ts';
import { ko } from './words-ko.ts';

export const WORDS: Record<Lang, Words> = { en, ko };

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
