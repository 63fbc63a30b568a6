// The example in the search's hint is of a name that exists, with its own first consonants. src/program/search/search-index.test.ts finds them.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { initialsExample } from './initials.ts';

/** The first consonants by Unicode's own decomposition, as the search compares them. */
const consonantsOf = (text: string) =>
  [...text.normalize('NFKD')].filter((one) => one >= '\u1100' && one <= '\u1112').join('');

test('a whole word of two syllables or more, as it is typed', () => {
  expect(initialsExample([undefined, 'AI 만 x2라마', '3단계 뷔페 빵집'])).toEqual({ typed: 'ㅂㅍ', found: '뷔페' });
  expect(initialsExample(['빵집'.normalize('NFD')])).toEqual({ typed: 'ㅃㅈ', found: '빵집' });
  for (const names of [[], [undefined], ['Korea'], ['만'], ['3단계']]) expect(initialsExample(names)).toBeUndefined();
});

test.each(['korea-2025', 'practice'])('the example of %s', (folder) => {
  const text = readFileSync(new URL(`../../../programs/${folder}/programme.yaml`, import.meta.url), 'utf8');
  const { name } = (parse(text) as { programme: { name: { ko: string } } }).programme;
  const example = initialsExample([name.ko])!;
  expect(name.ko).toContain(example.found);
  expect(example.typed).toHaveLength(example.found.length);
  expect(example.typed.normalize('NFKD')).toBe(consonantsOf(example.found));
});
