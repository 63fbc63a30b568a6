// What is found by what is typed, and in which order; a search against a slow one that looks at each name by itself.

import { expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { fold, initialsOf, lettersOf } from './fold.ts';
import type { FoundKind, Thing } from './kinds.ts';
import { joinFound, MAX_HITS, SearchIndex } from './search-index.ts';

const thing = (id: string, en: string, ko?: string, kind: FoundKind = 'consortium'): Thing => ({
  ...{ kind, id, title: { en, ...(ko === undefined ? {} : { ko }) } },
  ...{ programme: 'p', about: [], act: null, of: id, page: null },
});
const index = new SearchIndex([
  thing('sotai', 'Sotai Bay', '소타이 만'),
  thing('sk-telecom', 'SK Telecom', '에스케이텔레콤 정예팀'),
  thing('naver', 'Naver Cloud', '네이버클라우드'),
  thing('upstage', 'Upstage', '업스테이지'),
  thing('ecole', 'École Supérieure', '값진 학교'),
  thing('stage-1', 'First stage', '첫 단계', 'stage'),
  thing('korea-2025', 'Programme of Korea', '독자 AI 파운데이션 모델 프로젝트', 'programme'),
]);
const ids = (question: string) =>
  joinFound([index.find(question)]).flatMap(({ hits }) => hits.map(({ thing }) => thing.id));

test.each([
  ['sotai', ['sotai']],
  ['SOTAI  bay', ['sotai']],
  ['bay sotai', ['sotai']],
  ['ecole superieure', ['ecole']],
  ['E\u0301COLE', ['ecole']],
  ['소타이', ['sotai']],
  ['소타이'.normalize('NFD'), ['sotai']],
  ['ㅅㅌㅇ', ['sotai', 'upstage']], // 업스테이지 has them in its middle
  ['ㅅㅌㅇ ㅁ', ['sotai']],
  ['ㄷㅈ', ['korea-2025']], // as the hint of the console says
  ['소ㅌㅇ', ['sotai']],
  ['소ㅌ', ['sotai']],
  ['솥', ['sotai']], // what an input method shows between 소 and 소타
  ['소타잉', []],
  ['서ㅌㅇ', []],
  ['텔레', ['sk-telecom']],
  ['ㅌㄹㅋ', ['sk-telecom']],
  ['정예 telecom', ['sk-telecom']],
  ['갑', ['ecole']], // on the way to 값
  ['ㄱㅎㄱ', []], // initials of two words are not those of one
  ['stage', ['stage-1', 'upstage']],
  ['stage-1', ['stage-1']],
  ['stage 1', ['stage-1']],
  ['---', []],
  ['', []],
  ['\u200b', []],
] as const)('%s', (question, expected) => {
  expect(ids(question)).toEqual(expected);
});

test('whole ids first, then whole names, beginnings, words, parts of words; the more recent first among equals', () => {
  const ranked = new SearchIndex([
    thing('z9', 'the harp'),
    thing('z8', 'sharp'),
    thing('z7', 'harp strings'),
    thing('z6', 'harpsichord'),
    thing('z5', 'harp'),
    thing('harp', 'other'),
    thing('z4', 'a harp'),
  ]);
  const [group] = joinFound([ranked.find('harp')]);
  expect(group!.hits.map(({ thing, rank }) => [thing.id, rank])).toEqual([
    ['harp', 0],
    ['z5', 1],
    ['z7', 2],
    ['z6', 2],
    ['z9', 3],
    ['z4', 3],
    ['z8', 4],
  ]);
});

test('no more hits than the limit are returned, the best among them, and all are counted', () => {
  const many = Array.from({ length: 300 }, (_, i) => thing(`t${i}`, `sharp ${i}`));
  const found = new SearchIndex([...many, thing('last', 'harp')]).find('harp').get('consortium')!;
  expect(found.count).toBe(301);
  expect(found.hits).toHaveLength(MAX_HITS);
  expect(found.hits[0]!.thing.id).toBe('last');
});

test('several indexes: the best first, and those of the first index first among equals', () => {
  const one = new SearchIndex([thing('a', 'harp'), thing('b', 'sharp')]);
  const two = new SearchIndex([thing('c', 'harp'), thing('d', 'harp', undefined, 'stage')]);
  const groups = joinFound([two.find('harp'), one.find('harp')]);
  expect(groups.map(({ kind, count, hits }) => [kind, count, hits.map(({ thing }) => thing.id)])).toEqual([
    ['stage', 1, ['d']],
    ['consortium', 3, ['c', 'a', 'b']],
  ]);
});

/** The letters of a syllable by Unicode's own decomposition. */
test('letters are those of the decomposed syllables', () => {
  for (const text of ['한글', '소타이', '각', '까치'])
    expect([...lettersOf(fold(text))].length).toBeGreaterThanOrEqual([...text.normalize('NFD')].length);
  expect(lettersOf(fold('값'))).toBe(lettersOf(fold('갑')) + fold('ㅅ'));
  expect(lettersOf(fold('과'))).toBe(lettersOf(fold('고')) + lettersOf(fold('ㅏ')));
  const wrong: string[] = [];
  for (let code = 0xac00; code <= 0xd7a3; code++) {
    const syllable = String.fromCharCode(code);
    // The first letter is Unicode's, and each syllable without an ending begins the same one with an ending.
    const open = String.fromCharCode(code - ((code - 0xac00) % 28));
    if (initialsOf(fold(syllable)) !== syllable.normalize('NFD')[0]) wrong.push(syllable);
    if (!lettersOf(syllable).startsWith(lettersOf(open))) wrong.push(syllable);
  }
  expect(wrong).toEqual([]);
});

/** Slow, and by another way: syllables through Unicode, words one by one. */
function slow(question: string, names: readonly string[]): boolean {
  const wordsOf = (text: string) =>
    fold(text)
      .split(' ')
      .filter((word) => word !== '');
  const isConsonant = (c: string) => c >= '\u1100' && c <= '\u1112';
  const fits = (word: string, wanted: string): boolean => {
    if (![...wanted].some(isConsonant)) return lettersOf(word).includes(lettersOf(wanted));
    for (let at = 0; at + wanted.length <= word.length; at++)
      if (
        [...wanted].every((c, i) => {
          const there = word[at + i]!;
          return isConsonant(c) ? there.normalize('NFD')[0] === c : there === c;
        })
      )
        return true;
    return false;
  };
  const words = names.flatMap(wordsOf);
  const wanted = wordsOf(question);
  return wanted.length > 0 && wanted.every((one) => words.some((word) => fits(word, one)));
}

test('random names and questions: the same as a slow search finds', () => {
  const random = randomNumbers(7);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const pieces = [...'abé 가각간나낙다과곽값ㄱㄴㄷㅏ1-', '타', '이', 'Ab'];
  const text = (most: number) => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(pieces)).join('');
  const things = Array.from({ length: 150 }, (_, i) => thing(`x${i}`, text(6), random() < 0.5 ? text(6) : undefined));
  const searched = new SearchIndex(things);
  let found = 0;
  for (let i = 0; i < 600; i++) {
    const question = text(4);
    const expected = things.filter(({ id, title }) => slow(question, [id!, title.en, title.ko ?? '']));
    const { count = 0 } = searched.find(question).get('consortium') ?? {};
    expect([question, count]).toEqual([question, expected.length]);
    found += count;
  }
  expect(found).toBeGreaterThan(500);
});
