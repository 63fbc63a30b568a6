// Exercises: right by other means than they are made, none about a word or a pair that is held out, the same every time.

import { expect, test } from 'vitest';
import {
  conversationsAbout,
  isHeldOutPair,
  isHeldOutWord,
  numberExercise,
  numbersWith,
  wordExercises,
} from './exercises.ts';

const WORDS = ['run', 'take off', 'a', 'Anglicise', 'unsanctify', 'electroencephalogram', 'sing', 'jog', 'up'];
const entry = (word: string) => ({ word, definition: `what ${word} means` });

/** Answers a question from its text alone, as a reader would. */
function answerOf(question: string): string {
  const korean = /\p{Script=Hangul}/u.test(question);
  const numbers = [...question.matchAll(/\d+/g)].map(([n]) => Number(n));
  if (numbers.length === 2)
    return `${/plus|더하기/.test(question) ? numbers[0]! + numbers[1]! : numbers[0]! - numbers[1]!}`;
  const word = /"(.*)"/.exec(question)![1]!;
  if (/mean|뜻/.test(question)) return `what ${word} means`;
  if (/[Ss]pell|철자|어떻게 쓰/.test(question)) return word.replace(/\B/g, ' ');
  if (/first|begin|첫 글자|시작/.test(question)) return word.charAt(0);
  const n = word.length;
  return korean ? `${n}글자` : n === 1 ? '1 letter' : `${n} letters`;
}

test('every answer follows from its question', () => {
  const kinds = new Set<string>();
  for (const word of WORDS) {
    for (const { question, answer, kind, language } of wordExercises(entry(word))) {
      expect(answer, question).toBe(answerOf(question));
      expect(/\p{Script=Hangul}/u.test(question)).toBe(language === 'ko');
      kinds.add(kind);
    }
  }
  expect([...kinds].sort()).toEqual(['first-letter', 'letters', 'meaning', 'spelling']);
  for (const [a, b] of [
    [3, 99],
    [99, 3],
    [0, 0],
  ] as const)
    for (const language of ['en', 'ko'] as const)
      for (const kind of ['sum', 'difference'] as const) {
        const { question, answer } = numberExercise(a, b, language, kind);
        expect(answer, question).toBe(answerOf(question));
        expect(Number(answer)).toBeGreaterThanOrEqual(0);
      }
});

test('only words of a to z that are not long are spelled and counted', () => {
  const kinds = (word: string) => wordExercises(entry(word)).map(({ kind }) => kind);
  for (const word of ['take off', 'Anglicise', 'electroencephalogram']) expect(kinds(word)).toEqual(['meaning']);
});

test('conversations take turns, use each exercise once, and leave out what is held out', () => {
  const many = Array.from({ length: 2000 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`);
  let held = 0;
  for (const word of [...WORDS, ...many]) {
    const conversations = conversationsAbout(entry(word));
    if (isHeldOutWord(word)) {
      held++;
      expect(conversations).toEqual([]);
      continue;
    }
    const asked: string[] = [];
    for (const turns of conversations) {
      expect(turns.map(({ role }) => role)).toEqual(turns.map((_, i) => (i % 2 ? 'assistant' : 'user')));
      asked.push(
        ...turns.filter(({ content }) => /["\d]/.test(content) && /[?.]$/.test(content)).map((t) => t.content),
      );
    }
    const numbers = numbersWith(word);
    const expected = [...wordExercises(entry(word)), ...(numbers ? [numbers] : [])].map(({ question }) => question);
    expect(asked.sort()).toEqual(expected.sort());
    if (numbers) {
      const [a, b] = [...numbers.question.matchAll(/\d+/g)].map(([n]) => Number(n));
      expect(isHeldOutPair(a!, b!)).toBe(false);
      expect(isHeldOutPair(b!, a!)).toBe(false);
    }
    expect(conversationsAbout(entry(word))).toEqual(conversations);
  }
  // One in sixteen: of 2,009 words 126 on average, 11 being a standard deviation.
  expect(held).toBeGreaterThan(80);
  expect(held).toBeLessThan(180);
});
