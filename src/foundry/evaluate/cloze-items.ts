// Cloze questions: a sentence without its last word, and four words to choose from.

import type { ChoiceItem } from './set.ts';
import { addWrongAnswers, type Question } from './wrong-answers.ts';

const MAX_ITEMS = 500;
/** Sentences per document: one long document must not fill the set. */
const MAX_PER_DOCUMENT = 20;
/** Words of a sentence, split at white space, including the last one. */
const MIN_WORDS = 6;
const MAX_WORDS = 40;

/** The last word of a sentence in each language, with its full stop. */
const LAST_WORD = {
  en: /^([A-Za-z]{3,})[.!?]$/,
  ko: /^(\p{Script=Hangul}{2,})[.!?]$/u,
};

/** Marks of manuals and programs: a sentence with one of them is skipped. */
const MARKS = /[`*_[\]|#<>{}\\]|https?:/;

/** Questions from documents of one language, in the order of the documents. */
export function clozeItems(documents: readonly string[], language: keyof typeof LAST_WORD): ChoiceItem[] {
  const questions: Question[] = [];
  const seen = new Set<string>();
  documents.forEach((text, document) => {
    let taken = 0;
    for (const line of text.split('\n')) {
      // A sentence ends at a full stop that white space follows.
      for (const sentence of line.split(/(?<=[.!?])\s+/)) {
        const words = sentence.replace(/^- /, '').trim().split(/\s+/);
        if (MARKS.test(sentence)) continue;
        if (words.length < MIN_WORDS || words.length > MAX_WORDS || taken === MAX_PER_DOCUMENT) continue;
        const last = LAST_WORD[language].exec(words.at(-1)!)?.[1];
        const context = words.slice(0, -1).join(' ');
        if (last === undefined || seen.has(context)) continue;
        seen.add(context);
        taken++;
        questions.push({ context, answer: last, document });
      }
    }
  });
  return addWrongAnswers(questions).slice(0, MAX_ITEMS);
}
