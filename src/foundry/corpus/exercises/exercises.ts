// Questions and answers made from words and their definitions, for a model to learn a conversation's form from: what a word means, how
// it is spelled, how many letters it has, small sums; asked in English and in Korean. The same words always give the same questions.

import { sha256 } from '../../../ledger/index.ts';

/** A word with what it means. */
export interface Entry {
  word: string;
  definition: string;
}

export interface Exercise {
  kind: 'meaning' | 'spelling' | 'letters' | 'first-letter' | 'sum' | 'difference';
  language: 'en' | 'ko';
  question: string;
  answer: string;
}

/** Numbers of sums and differences are below this. */
export const NUMBERS = 100;
/** One of so many words, and one of so many pairs of numbers, is held out. */
const HELD_OUT = 16;
/** The longest word that is spelled or counted. */
const LONGEST_WORD = 12;

/** A whole number from 0 to `below` - 1 that a text decides. */
const drawn = (text: string, below: number): number => sha256(text).readUInt32BE(0) % below;

/** Whether questions about a word are kept for judging a model: no question to learn from is about it. */
export const isHeldOutWord = (word: string): boolean => drawn(`held out: ${word}`, HELD_OUT) === 0;

/** The same for a pair of numbers; their order does not matter. */
export const isHeldOutPair = (a: number, b: number): boolean =>
  drawn(`held out: ${Math.min(a, b)} ${Math.max(a, b)}`, HELD_OUT) === 0;

type Phrases = (word: string) => readonly string[];

const PHRASES: Record<'meaning' | 'spelling' | 'letters' | 'first-letter', Record<'en' | 'ko', Phrases>> = {
  meaning: {
    en: (word) => [`What does "${word}" mean?`, `What is the meaning of "${word}"?`],
    ko: (word) => [`"${word}"의 뜻은 무엇인가요?`, `"${word}"은(는) 무슨 뜻인가요?`],
  },
  spelling: {
    en: (word) => [`Spell "${word}".`, `How do you spell "${word}"?`],
    ko: (word) => [`"${word}"의 철자를 말해 주세요.`, `"${word}"은(는) 어떻게 쓰나요?`],
  },
  letters: {
    en: (word) => [`How many letters does "${word}" have?`, `Count the letters of "${word}".`],
    ko: (word) => [`"${word}"은(는) 몇 글자인가요?`, `"${word}"의 글자 수를 세어 주세요.`],
  },
  'first-letter': {
    en: (word) => [`What is the first letter of "${word}"?`, `Which letter does "${word}" begin with?`],
    ko: (word) => [`"${word}"의 첫 글자는 무엇인가요?`, `"${word}"은(는) 어떤 글자로 시작하나요?`],
  },
};

/** One of the phrases of a kind for a word. */
const asked = (kind: keyof typeof PHRASES, language: 'en' | 'ko', word: string): string => {
  const phrases = PHRASES[kind][language](word);
  return phrases[drawn(`phrase: ${kind} ${language} ${word}`, phrases.length)]!;
};

/** Exercises about a word; of a word that is long or has other letters than a to z only its meaning. */
export function wordExercises({ word, definition }: Entry): Exercise[] {
  const answers: Partial<Record<keyof typeof PHRASES, Record<'en' | 'ko', string>>> = {
    meaning: { en: definition, ko: definition },
  };
  if (/^[a-z]+$/.test(word) && word.length <= LONGEST_WORD) {
    const spelled = [...word].join(' ');
    const { length } = word;
    answers.spelling = { en: spelled, ko: spelled };
    answers.letters = { en: length === 1 ? '1 letter' : `${length} letters`, ko: `${length}글자` };
    answers['first-letter'] = { en: word[0]!, ko: word[0]! };
  }
  return Object.entries(answers).flatMap(([name, byLanguage]) => {
    const kind = name as keyof typeof PHRASES;
    // A word is asked about in one language for each kind, so that no answer is learned twice.
    const language = drawn(`language: ${kind} ${word}`, 2) === 0 ? 'en' : 'ko';
    return [{ kind, language, question: asked(kind, language, word), answer: byLanguage[language] }];
  });
}

/** The sum or difference of two numbers below 100. */
export function numberExercise(a: number, b: number, language: 'en' | 'ko', kind: 'sum' | 'difference'): Exercise {
  const [large, small] = [Math.max(a, b), Math.min(a, b)];
  if (kind === 'sum') {
    const question = language === 'en' ? `What is ${a} plus ${b}?` : `${a} 더하기 ${b}은(는) 얼마인가요?`;
    return { kind, language, question, answer: `${a + b}` };
  }
  const question = language === 'en' ? `What is ${large} minus ${small}?` : `${large} 빼기 ${small}은(는) 얼마인가요?`;
  return { kind, language, question, answer: `${large - small}` };
}

/** The exercise in numbers that goes with a word: the word only decides which one. Undefined where that pair is held out. */
export function numbersWith(word: string): Exercise | undefined {
  const a = drawn(`a: ${word}`, NUMBERS);
  const b = drawn(`b: ${word}`, NUMBERS);
  if (isHeldOutPair(a, b)) return undefined;
  const language = drawn(`language: ${word}`, 2) === 0 ? 'en' : 'ko';
  return numberExercise(a, b, language, drawn(`kind: ${word}`, 2) === 0 ? 'sum' : 'difference');
}

const GREETINGS: Record<'en' | 'ko', readonly [said: readonly string[], answer: string]> = {
  en: [['Hello!', 'Hi.', 'Good morning.', 'Hello, who are you?'], 'Hello! Ask me about a word, or for a sum.'],
  ko: [['안녕하세요!', '안녕.', '좋은 아침이에요.', '안녕하세요, 누구세요?'], '안녕하세요! 단어나 계산을 물어보세요.'],
};

/** One conversation in so many begins with a greeting. */
const GREETED = 4;

interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

/** Conversations about a word, of one to three questions each; none about a word that is held out. */
export function conversationsAbout(entry: Entry): Turn[][] {
  const { word } = entry;
  if (isHeldOutWord(word)) return [];
  const numbers = numbersWith(word);
  const left = [...wordExercises(entry), ...(numbers ? [numbers] : [])]
    .map((exercise) => ({ exercise, place: drawn(`place: ${exercise.question}`, 2 ** 32) }))
    .sort((a, b) => a.place - b.place)
    .map(({ exercise }) => exercise);
  const conversations: Turn[][] = [];
  while (left.length > 0) {
    const name = `${conversations.length} ${word}`;
    const turns = left.splice(0, 1 + drawn(`questions: ${name}`, 3)).flatMap(({ question, answer }): Turn[] => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]);
    if (drawn(`greeted: ${name}`, GREETED) === 0) {
      const [said, answer] = GREETINGS[drawn(`greeting: ${name}`, 2) === 0 ? 'en' : 'ko'];
      turns.unshift(
        { role: 'user', content: said[drawn(`greets: ${name}`, said.length)]! },
        { role: 'assistant', content: answer },
      );
    }
    conversations.push(turns);
  }
  return conversations;
}
