// Questions and answers made from words and their definitions, for a model to learn a conversation's form from: what a word means, how
// it is spelled, how many letters it has, small sums; asked in English and in Korean. The same words always give the same questions.

import { JikjiError } from '../../base/index.ts';
import { sha256 } from '../../ledger/index.ts';

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

/** Numbers of sums and differences are below this: of 0 to 20 a model sees each pair often enough to learn from the others. */
export const NUMBERS = 21;
/** One of so many words is held out. */
const HELD_OUT_WORDS = 16;
/** One of so many pairs of numbers is held out: there are few. */
const HELD_OUT_PAIRS = 8;
/** One of so many words is asked for its meaning, which says nothing about the next word's. */
const MEANT = 4;
/** Sums and differences that go with a word. */
const CALCULATIONS = 3;
/** The longest word that is spelled or counted. */
const LONGEST_WORD = 12;

/** A whole number from 0 to `below` - 1 that a text decides. */
const drawn = (text: string, below: number) => sha256(text).readUInt32BE(0) % below;

/** Whether questions about a word are kept for judging a model: no question to learn from is about it. */
export const isHeldOutWord = (word: string): boolean => drawn(`held out: ${word}`, HELD_OUT_WORDS) === 0;

/** The same for a pair of numbers; their order does not matter. */
export const isHeldOutPair = (a: number, b: number): boolean =>
  drawn(`held out: ${Math.min(a, b)} ${Math.max(a, b)}`, HELD_OUT_PAIRS) === 0;

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
  return phrases[drawn(`phrase: ${kind} ${language} ${word}`, phrases.length)];
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
    answers['first-letter'] = { en: word[0], ko: word[0] };
  }
  return Object.entries(answers).flatMap(([name, byLanguage]) => {
    const kind = name as keyof typeof PHRASES;
    // A word is asked about in one language for each kind, so that no answer is learned twice.
    const language = drawn(`language: ${kind} ${word}`, 2) === 0 ? 'en' : 'ko';
    return [{ kind, language, question: asked(kind, language, word), answer: byLanguage[language] }];
  });
}

const CALCULATION_PHRASES: Record<
  'sum' | 'difference',
  Record<'en' | 'ko', (a: number | string, b: number | string) => string>
> = {
  sum: { en: (a, b) => `What is ${a} plus ${b}?`, ko: (a, b) => `${a} 더하기 ${b}은(는) 얼마인가요?` },
  difference: { en: (a, b) => `What is ${a} minus ${b}?`, ko: (a, b) => `${a} 빼기 ${b}은(는) 얼마인가요?` },
};

/** The sum of two numbers, or what the smaller one leaves of the larger one. */
export function numberExercise(a: number, b: number, language: 'en' | 'ko', kind: 'sum' | 'difference'): Exercise {
  const [first, second] = kind === 'sum' ? [a, b] : [Math.max(a, b), Math.min(a, b)];
  const answer = `${kind === 'sum' ? first + second : first - second}`;
  return { kind, language, question: CALCULATION_PHRASES[kind][language](first, second), answer };
}

/** The exercises in numbers that go with a word: the word only decides which ones. Fewer where a pair is held out, or comes twice. */
export function numbersWith(word: string): Exercise[] {
  const byQuestion = new Map<string, Exercise>();
  for (let i = 0; i < CALCULATIONS; i++) {
    const name = `${i} ${word}`;
    const [a, b] = [drawn(`a: ${name}`, NUMBERS), drawn(`b: ${name}`, NUMBERS)];
    if (isHeldOutPair(a, b)) continue;
    const language = drawn(`language: ${name}`, 2) === 0 ? 'en' : 'ko';
    const exercise = numberExercise(a, b, language, drawn(`kind: ${name}`, 2) === 0 ? 'sum' : 'difference');
    byQuestion.set(exercise.question, exercise);
  }
  return [...byQuestion.values()];
}

const isCalculation = ({ kind }: Exercise) => kind === 'sum' || kind === 'difference';

/** What is asked about a word that is not held out: its meaning only of some, and numbers beside words that are spelled. */
function exercisesWith(entry: Entry): Exercise[] {
  const { word } = entry;
  const about = wordExercises(entry);
  const isMeant = drawn(`meant: ${word}`, MEANT) === 0;
  const asked = about.filter(({ kind }) => kind !== 'meaning' || isMeant);
  return about.length > 1 ? [...asked, ...numbersWith(word)] : asked;
}

/** Stands for a word or a number of a question. */
const BLANK = '\u0000';
/** What the questions of each kind and language look like. */
const PATTERNS = Object.entries({
  ...PHRASES,
  ...CALCULATION_PHRASES,
}).flatMap(([kind, { en, ko }]) =>
  Object.entries({ en, ko }).flatMap(([language, phrases]) =>
    [phrases(BLANK, BLANK)].flat().map((text) => ({
      kind: kind as Exercise['kind'],
      language: language as Exercise['language'],
      pattern: new RegExp(`^${text.replace(/[.?()]/g, '\\$&').replaceAll(BLANK, '.+')}$`),
    })),
  ),
);

/** What a question asks for, by its words alone; undefined for a greeting, and for what is not a question of these. */
export function kindOf(question: string): Pick<Exercise, 'kind' | 'language'> | undefined {
  const found = PATTERNS.find(({ pattern }) => pattern.test(question));
  return found && { kind: found.kind, language: found.language };
}

const GREETINGS: Record<'en' | 'ko', readonly [said: readonly string[], answer: string]> = {
  en: [
    ['Hello!', 'Hi.', 'Good morning.', 'Who are you?', 'Hello, who are you?', 'What can you do?'],
    'Hello! I am a very small model. Ask me about a word, or for a small sum.',
  ],
  ko: [
    ['안녕하세요!', '안녕.', '좋은 아침이에요.', '누구세요?', '안녕하세요, 누구세요?', '무엇을 할 수 있나요?'],
    '안녕하세요! 저는 아주 작은 모델이에요. 단어나 작은 수의 계산을 물어보세요.',
  ],
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
  const left = exercisesWith(entry)
    .map((exercise) => ({ exercise, place: drawn(`place: ${exercise.question}`, 2 ** 32) }))
    .sort((a, b) => a.place - b.place)
    .map(({ exercise }) => exercise);
  const conversations: Turn[][] = [];
  while (left.length > 0) {
    const name = `${conversations.length} ${word}`;
    const exercises = left.splice(0, 1 + drawn(`questions: ${name}`, 3));
    // There are few different calculations: one alone would be a conversation that came before.
    if (exercises.length === 1 && isCalculation(exercises[0])) exercises.push(...left.splice(0, 1));
    const turns = exercises.flatMap(({ question, answer }): Turn[] => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]);
    if (drawn(`greeted: ${name}`, GREETED) === 0) {
      const [said, answer] = GREETINGS[drawn(`greeting: ${name}`, 2) === 0 ? 'en' : 'ko'];
      turns.unshift(
        { role: 'user', content: said[drawn(`greets: ${name}`, said.length)] },
        { role: 'assistant', content: answer },
      );
    }
    conversations.push(turns);
  }
  return conversations;
}

/** The lines of the data.* files of WordNet's database (wndb(5WN)). */
interface Synset {
  /** As they are shown: with spaces, without markers. */
  words: string[];
  /** Definition and examples; empty where there is none. */
  gloss: string;
}

/** The synset of a line; undefined for a line of the licence. @throws JikjiError `source-broken` */
export function synsetOf(line: string, number: number, label: string, reader: string): Synset | undefined {
  if (line.startsWith('  ') || line === '') return undefined; // the licence, whose lines start with two spaces
  const bar = line.indexOf(' | ');
  const fields = (bar < 0 ? line : line.slice(0, bar)).split(' ');
  // offset, file number, part of speech, number of words in hex, then each word and its sense number
  const count = /^[0-9a-f]{2}$/i.test(fields[3] ?? '') ? Number.parseInt(fields[3], 16) : 0;
  const words: string[] = [];
  for (let i = 0; i < count; i++) words.push(fields[4 + 2 * i] ?? '');
  if (!/^\d{8}$/.test(fields[0]) || !/^[nvasr]$/.test(fields[2] ?? '') || count === 0 || words.includes('')) {
    throw new JikjiError(
      'source-broken',
      `line ${number} is not a synset of WordNet's database`,
      label,
      `read only dict/data.noun, data.verb, data.adj and data.adv with the reader ${reader}`,
    );
  }
  // Adjectives may carry their place in a marker: "galore(ip)".
  const shown = words.map((word) => word.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' '));
  return { words: shown, gloss: bar < 0 ? '' : line.slice(bar + 3).trim() };
}

/** Words of a synset that are not among those `seen`, with what they mean: a word has the meaning of its first synset in a file. */
export function entriesOf({ words, gloss }: Synset, seen: Set<string>): Entry[] {
  const definition = gloss.split('; "')[0].trim();
  if (definition === '') return [];
  return words.flatMap((word) => {
    if (seen.has(word)) return [];
    seen.add(word);
    return [{ word, definition }];
  });
}
