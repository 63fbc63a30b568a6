// Questions with four answers to choose from that are made of a run's own held-out text. Worded as the run's documents are.

import { sha256 } from '../../ledger/index.ts';
import { characters, counter } from './metrics.ts';
import type { ChoiceItem } from './set.ts';

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

/** Questions from synsets in the corpus's form: `word, other word: definition; "example"`. */
export function definitionItems(documents: readonly string[]): ChoiceItem[] {
  const words: Set<string>[] = [];
  const questions: Question[] = [];
  documents.forEach((text, document) => {
    const colon = text.indexOf(': ');
    const all = text.slice(0, colon).split(', ');
    words.push(new Set(all));
    const definition = text
      .slice(colon + 2)
      .split('; "')[0]
      .trim();
    if (colon < 0 || text.includes('\n') || definition.length < 10 || definition.length > 300) return;
    questions.push({ context: `${all.join(', ')}:`, answer: definition, document });
  });
  const shareNoWord = (a: Question, b: Question): boolean =>
    [...words[a.document]].every((word) => !words[b.document].has(word));
  return addWrongAnswers(questions, shareNoWord).slice(0, MAX_ITEMS);
}

// Wrong answers: answers of other questions with similar length.

/** A question without wrong answers yet. */
interface Question {
  context: string;
  answer: string;
  /** Index of its document: other answers from the same document are not offered. */
  document: number;
}

const WRONG_ANSWERS = 3;

/**
 * Gives each question three wrong answers: answers of other documents with the nearest lengths, drawn among equal ones. The draw and
 * the order of the choices depend on the question's text only. Leaves out a question with too few candidates. Choices are never equal,
 * and `mayMeet` is true for any two questions whose answers are choices of the same item.
 */
export function addWrongAnswers(
  questions: readonly Question[],
  mayMeet: (a: Question, b: Question) => boolean = () => true,
): ChoiceItem[] {
  const length = questions.map(({ answer }) => characters(answer));
  const order = questions.map((_, i) => i).sort((a, b) => length[a] - length[b] || a - b);
  const positions = new Map(order.map((question, at) => [question, at]));
  return questions.flatMap((question, i): ChoiceItem[] => {
    const next = counter(sha256(`${question.context}\n${question.answer}`).readUInt32LE());
    // A window around the question in the order of lengths, sorted by distance, then by draw.
    const at = positions.get(i)!;
    const near = order
      .slice(Math.max(0, at - 40), at + 41)
      .map((other) => ({ other, distance: Math.abs(length[other] - length[i]), draw: next() }))
      .sort((a, b) => a.distance - b.distance || a.draw - b.draw);
    const wrong: Question[] = [];
    for (const { other } of near) {
      const candidate = questions[other];
      if (candidate.document === question.document) continue;
      if (![question, ...wrong].every((one) => one.answer !== candidate.answer && mayMeet(one, candidate))) continue;
      wrong.push(candidate);
      if (wrong.length === WRONG_ANSWERS) break;
    }
    if (wrong.length < WRONG_ANSWERS) return [];
    const gold = next() % (WRONG_ANSWERS + 1);
    const choices = wrong.map(({ answer }) => answer);
    choices.splice(gold, 0, question.answer);
    return [{ context: question.context, choices, gold }];
  });
}
