// Both languages say the same things of the same things.

import { expect, test } from 'vitest';
import { wordFor } from '../../page-kit/index.ts';
import { consortiumStatus, WORDS } from './index.ts';

type Tree = { [key: string]: string | ((...given: string[]) => string) | Tree };

function* leaves(tree: Tree, path = ''): Generator<[path: string, leaf: string | ((...given: string[]) => string)]> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'object') yield* leaves(value, `${path}${key}.`);
    else yield [`${path}${key}`, value];
  }
}
const all = (lang: 'en' | 'ko') => new Map(leaves(WORDS[lang] as unknown as Tree));
/** What no language has words for itself. */
const ONLY_KOREAN = /^connection\.codes\./;
const EMPTY = new Set(['mode.real', 'chart.units.gradNorm', 'chart.units.learningRate']);

test('the same words, of the same kind', () => {
  const [en, ko] = [all('en'), all('ko')];
  expect([...ko.keys()].filter((path) => !ONLY_KOREAN.test(path)).sort()).toEqual([...en.keys()].sort());
  for (const [path, word] of en) expect(typeof ko.get(path), path).toBe(typeof word);
});

test('whatever is put into words is said in both languages', () => {
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

test('Korean is Korean', () => {
  const [en, ko] = [all('en'), all('ko')];
  // Names of things that are the same everywhere.
  const same = new Set(['model.topK', 'model.topP', 'model.configCaption', 'stage.interval', 'nav.loggedInAs']);
  for (const [path, word] of ko) {
    if (typeof word !== 'string' || EMPTY.has(path) || same.has(path)) continue;
    expect(word, path).toMatch(/[가-힣]/);
    expect(word, path).not.toBe(en.get(path));
  }
});

test('names that are new to the console stay as they are', () => {
  expect(wordFor(WORDS.en.kinds, 'stage-opened')).toBe('Stage opened');
  expect(wordFor(WORDS.en.kinds, 'toString')).toBe('toString');
  expect(consortiumStatus(WORDS.ko, 'out: veto')).toBe('탈락: 독자성');
  expect(consortiumStatus(WORDS.en, 'out: odd')).toBe('out: odd');
});
