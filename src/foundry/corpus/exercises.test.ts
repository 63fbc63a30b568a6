// Exercises: right by other means than they are made, none about a word or a pair that is held out, the same every time.

import { expect, test } from 'vitest';
import {
  conversationsAbout,
  isHeldOutPair,
  isHeldOutWord,
  kindOf,
  NUMBERS,
  numberExercise,
  numbersWith,
  wordExercises,
} from './exercises.ts';

const WORDS = ['run', 'take off', 'a', 'Anglicise', 'unsanctify', 'electroencephalogram', 'sing', 'jog', 'up'];
const entry = (word: string) => ({ word, definition: `what ${word} means` });

/** Answers a question from its text alone, as a reader would. */
function answerOf(question: string) {
  const korean = /\p{Script=Hangul}/u.test(question);
  const numbers = [...question.matchAll(/\d+/g)].map(([n]) => Number(n));
  if (numbers.length === 2)
    return `${/plus|더하기/.test(question) ? numbers[0] + numbers[1] : numbers[0] - numbers[1]}`;
  const word = /"(.*)"/.exec(question)![1];
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

test('the kind of a question is known by its words', () => {
  const exercises = [
    ...[...WORDS, 'mean', 'plus', 'first letter of "x', '3 plus 4'].flatMap((word) => wordExercises(entry(word))),
    ...(['en', 'ko'] as const).flatMap((language) =>
      (['sum', 'difference'] as const).map((kind) => numberExercise(3, 12, language, kind)),
    ),
  ];
  for (const { kind, language, question } of exercises) expect(kindOf(question), question).toEqual({ kind, language });
  for (const other of ['', 'Hello!', '안녕.', 'Spell "a". Spell it.', 'What is 3 times 4?', 'What does run mean?'])
    expect(kindOf(other), other).toBeUndefined();
});

test('only words of a to z that are not long are spelled and counted', () => {
  const kinds = (word: string) => wordExercises(entry(word)).map(({ kind }) => kind);
  for (const word of ['take off', 'Anglicise', 'electroencephalogram']) expect(kinds(word)).toEqual(['meaning']);
});

test('conversations take turns, use each exercise once, and leave out what is held out', () => {
  const letter = (n: number) => String.fromCharCode(97 + (n % 26));
  const spelled = Array.from({ length: 2000 }, (_, i) => `w${letter(i)}${letter(i / 26)}${letter(i / 676)}rd`);
  const phrases = spelled.slice(0, 200).map((word) => `${word} up`);
  const words = [...WORDS, ...spelled, ...phrases];
  let held = 0;
  let meant = 0;
  for (const word of words) {
    const conversations = conversationsAbout(entry(word));
    if (isHeldOutWord(word)) {
      held++;
      expect(conversations).toEqual([]);
      continue;
    }
    const asked: string[] = [];
    for (const [i, turns] of conversations.entries()) {
      expect(turns.map(({ role }) => role)).toEqual(turns.map((_, i) => (i % 2 ? 'assistant' : 'user')));
      const questions = turns.flatMap(({ role, content }) => (role === 'user' && kindOf(content) ? [content] : []));
      expect(questions.length).toBeLessThan(4);
      if (i < conversations.length - 1 && questions.length === 1) expect(questions[0]).toContain(word);
      asked.push(...questions);
    }
    const about = wordExercises(entry(word));
    const numbers = about.length > 1 ? numbersWith(word) : [];
    const isMeant = asked.some((question) => kindOf(question)?.kind === 'meaning');
    if (isMeant) meant++;
    const expected = [...about.filter(({ kind }) => kind !== 'meaning' || isMeant), ...numbers];
    expect(asked.sort()).toEqual(expected.map(({ question }) => question).sort());
    expect(numbers.length).toBeLessThan(4);
    for (const { question } of numbers) {
      const [a, b] = [...question.matchAll(/\d+/g)].map(([n]) => Number(n));
      expect(Math.max(a, b)).toBeLessThan(NUMBERS);
      expect(isHeldOutPair(a, b)).toBe(false);
      expect(isHeldOutPair(b, a)).toBe(false);
    }
    expect(conversationsAbout(entry(word))).toEqual(conversations);
  }
  // One in sixteen: of 2,209 words 138 on average, 11 being a standard deviation. Then one in four of the others: 518, 20.
  expect(held).toBeGreaterThan(90);
  expect(held).toBeLessThan(190);
  expect(meant).toBeGreaterThan(430);
  expect(meant).toBeLessThan(600);
});

test('one pair of numbers in eight is held out, and none of them is all there is of a kind', () => {
  const pairs = Array.from({ length: NUMBERS }, (_, a) =>
    Array.from({ length: a + 1 }, (_, b) => [a, b] as const),
  ).flat();
  const held = pairs.filter(([a, b]) => isHeldOutPair(a, b));
  // Of 231 pairs 29 on average, 5 being a standard deviation.
  expect(held.length).toBeGreaterThan(14);
  expect(held.length).toBeLessThan(44);
  for (const kind of ['sum', 'difference'] as const) {
    const answers = (list: typeof pairs) => new Set(list.map(([a, b]) => numberExercise(a, b, 'en', kind).answer));
    const learned = answers(pairs.filter(([a, b]) => !isHeldOutPair(a, b)));
    for (const answer of answers(held)) expect(learned).toContain(answer);
  }
});
