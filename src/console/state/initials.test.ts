// The example in the search's hint is true: the search finds the name by it.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { joinFound, SearchIndex } from '../../program/search/search-index.ts';
import { initialsExample } from './initials.ts';

const finds = (question: string, ko: string) => {
  const thing = { kind: 'programme', id: 'p', title: { en: 'x', ko }, programme: 'p', act: null } as const;
  return joinFound([new SearchIndex([{ ...thing, about: [], of: 'p', page: null }]).find(question)]).length > 0;
};

test('a whole word of two syllables or more, as it is typed', () => {
  expect(initialsExample([undefined, 'AI 만 x2라마', '3단계 뷔페 빵집'])).toEqual({ typed: 'ㅂㅍ', found: '뷔페' });
  expect(initialsExample(['빵집'.normalize('NFD')])).toEqual({ typed: 'ㅃㅈ', found: '빵집' });
  for (const names of [[], [undefined], ['Korea'], ['만'], ['3단계']]) expect(initialsExample(names)).toBeUndefined();
});

test.each(['korea-2025', 'practice'])('the search finds %s by its example', (folder) => {
  const text = readFileSync(new URL(`../../../programs/${folder}/programme.yaml`, import.meta.url), 'utf8');
  const { name } = (parse(text) as { programme: { name: { ko: string } } }).programme;
  const example = initialsExample([name.ko])!;
  expect(finds(example.typed, name.ko)).toBe(true);
  expect(finds(`${example.typed}ㅋㅋ`, name.ko)).toBe(false);
});
