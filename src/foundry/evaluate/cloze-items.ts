// Cloze: a sentence without its last word, and four words to end it with.

import type { ChoiceItem } from './set.ts';
import { closed, type Open } from './wrong-answers.ts';

const MAX_ITEMS = 500;
/** Sentences taken of one document: a long one must not be the whole set. */
const MAX_OF_ONE = 20;
/** White-space words of a sentence, the last one included. */
const WORDS = { least: 6, most: 40 };

/** A sentence in each language: what its last word is made of, at least two characters, and what may follow it. */
const LAST_WORD = {
  en: /^([A-Za-z]{3,})[.!?]$/,
  ko: /^(\p{Script=Hangul}{2,})[.!?]$/u,
};

/** What a sentence does not hold: marks of manuals and programs. */
const MARKS = /[`*_[\]|#<>{}\\]|https?:/;

/** Questions from documents of one language, in the order of the documents. */
export function clozeItems(documents: readonly string[], language: keyof typeof LAST_WORD): ChoiceItem[] {
  const open: Open[] = [];
  const seen = new Set<string>();
  documents.forEach((text, document) => {
    let taken = 0;
    for (const line of text.split('\n')) {
      // A sentence ends where white space follows its end.
      for (const sentence of line.split(/(?<=[.!?])\s+/)) {
        const words = sentence.replace(/^- /, '').trim().split(/\s+/);
        if (MARKS.test(sentence)) continue;
        if (words.length < WORDS.least || words.length > WORDS.most || taken === MAX_OF_ONE) continue;
        const last = LAST_WORD[language].exec(words.at(-1)!)?.[1];
        const context = words.slice(0, -1).join(' ');
        if (last === undefined || seen.has(context)) continue;
        seen.add(context);
        taken++;
        open.push({ context, answer: last, document });
      }
    }
  });
  return closed(open).slice(0, MAX_ITEMS);
}
