// Both languages have the same words, and put the same values into them.

import { expect, test } from 'vitest';
import { wordFor } from '../../page-kit/index.ts';
import { WORDS } from '../testing/words.ts';
import { consortiumStatus } from './index.ts';

type Tree = { [key: string]: string | ((...given: string[]) => string) | Tree };

function* leaves(tree: Tree, path = ''): Generator<[path: string, leaf: string | ((...given: string[]) => string)]> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'object') yield* leaves(value, `${path}${key}.`);
    else yield [`${path}${key}`, value];
  }
}
const all = (lang: 'en' | 'ko') => new Map(leaves(WORDS[lang] as unknown as Tree));
/** Words that English does not need. */
const ONLY_KOREAN = /^connection\.codes\./;
const EMPTY = new Set(['mode.real', 'chart.units.gradNorm', 'chart.units.learningRate']);

test('both languages have the same words, of the same type', () => {
  const [en, ko] = [all('en'), all('ko')];
  expect([...ko.keys()].filter((path) => !ONLY_KOREAN.test(path)).sort()).toEqual([...en.keys()].sort());
  for (const [path, word] of en) expect(typeof ko.get(path), path).toBe(typeof word);
});

test('every value that is put into a word appears in both languages', () => {
  for (const lang of ['en', 'ko'] as const) {
    const words = all(lang);
    for (const [path, word] of words) {
      if (typeof word === 'string') {
        if (!EMPTY.has(path)) expect(word.trim(), `${lang} ${path}`).not.toBe('');
        continue;
      }
      const count = (all('en').get(path) as (...given: string[]) => string).length;
      expect(word.length, `${lang} ${path}`).toBeLessThanOrEqual(count);
      const given = Array.from({ length: count }, (_, i) => `‹${i}›`);
      for (const one of given) expect(word(...given), `${lang} ${path}`).toContain(one);
    }
  }
});

test('Korean words are in Korean', () => {
  const [en, ko] = [all('en'), all('ko')];
  // Names that are the same in every language.
  const same = new Set([
    'playground.fields.topK',
    'playground.fields.topP',
    'playground.fields.minP',
    'model.configCaption',
    'stage.interval',
    'nav.loggedInAs',
  ]);
  for (const [path, word] of ko) {
    if (typeof word !== 'string' || EMPTY.has(path) || same.has(path)) continue;
    expect(word, path).toMatch(/[가-힣]/);
    expect(word, path).not.toBe(en.get(path));
  }
});

test('a name without a word stays as it is', () => {
  expect(wordFor(WORDS.en.kinds, 'stage-opened')).toBe('Stage opened');
  expect(wordFor(WORDS.en.kinds, 'toString')).toBe('toString');
  expect(consortiumStatus(WORDS.ko, 'out: veto')).toBe('탈락: 독자성 규정');
  expect(consortiumStatus(WORDS.en, 'out: odd')).toBe('out: odd');
});
