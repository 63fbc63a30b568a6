// All problems of a text at once, at their lines and paths.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRuleBook, problemsOf, requireChosen } from './index.ts';

const practice = readFileSync(new URL('../../../programs/practice/stage-1.yaml', import.meta.url), 'utf8');
const lineWith = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;

test('a sound text has no problem, and is the same book as when it is parsed', () => {
  expect(problemsOf(practice)).toEqual({ problems: [], book: parseRuleBook(practice, { file: 'x' }) });
});

test('several wrong values are all named, each at its line and path', () => {
  const text = practice
    .replace('kept: 2', 'kept: two')
    .replace('version: 3', 'version: 3\ncolour: red')
    .replace('experts: 2', 'experts: 0');
  const { problems, book } = problemsOf(text);
  expect(book).toBeNull();
  expect(problems.map(({ code, path, line }) => [code, path, line])).toEqual([
    ['rule-book-unknown-key', ['colour'], lineWith(text, 'colour')],
    ['rule-book-range', ['blocks', 1, 'forms', 'experts'], lineWith(text, 'experts: 0')],
    ['rule-book-type', ['kept'], lineWith(text, 'kept: two')],
  ]);
});

test('several conflicts are all named', () => {
  const text = practice.replace('points: 35', 'points: 36').replace('tieBreak: [benchmark,', 'tieBreak: [bench,');
  const { problems } = problemsOf(text);
  const said = problems.map(({ message }) => message);
  expect(said).toContain('points of the blocks add up to 101, not 100');
  expect(said).toContain('points of the criteria of experts add up to 35, not 36');
  expect(said.some((message) => message.includes('"bench"'))).toBe(true);
  // The first of them is what parsing the text throws.
  expect(() => parseRuleBook(text, { file: 'x' })).toThrow(said[0]!);
});

test('what is still to be chosen is one problem each, even where any text would do', () => {
  const text = practice.replace('kept: 2', 'kept: CHOOSE').replace('ko: 사용자 평가', 'ko: CHOOSE');
  const { problems } = problemsOf(text);
  expect(problems.map(({ code, path }) => [code, path])).toEqual([
    ['rule-book-choose', ['blocks', 2, 'title', 'ko']],
    ['rule-book-choose', ['kept']],
  ]);
  expect(() => requireChosen(text, { file: 'x' })).toThrow(/still to be chosen/);
  expect(() => requireChosen(practice, { file: 'x' })).not.toThrow();
});

test('a hostile text has a short list of problems, soon', () => {
  const text = `name: a\nblocks: [${'CHOOSE,'.repeat(30_000)} 1]\n`;
  expect(problemsOf(text).problems).toHaveLength(200);
  const many = `name: a\n${Array.from({ length: 9000 }, (_, i) => `k${i}: 1\n`).join('')}`;
  expect(problemsOf(many).problems.length).toBeLessThanOrEqual(200);
});

test('broken YAML is one problem at its line', () => {
  const { problems } = problemsOf('name: a\nblocks: [1, 2\nkept: 3\n');
  expect(problems).toMatchObject([{ code: 'rule-book-yaml', path: null }]);
  expect(problemsOf('').problems.length).toBeGreaterThan(0);
  expect(problemsOf('- a').problems.length).toBeGreaterThan(0);
  expect(problemsOf('x'.repeat(300_000)).problems).toMatchObject([{ code: 'rule-book-yaml' }]);
});

test('every problem is said in Korean too, with the same names and numbers', () => {
  const texts = [
    practice.replace('kept: 2', 'kept: two').replace('version: 3', 'version: 3\ncolour: red'),
    practice.replace('experts: 2', 'experts: 0').replace('kept: 2', 'kept: CHOOSE'),
    practice.replace('points: 35', 'points: 36').replace('tieBreak: [benchmark,', 'tieBreak: [bench,'),
    practice.replace('name: ', 'nam: '),
    'name: a\nblocks: [1, 2\nkept: 3\n',
    'name: a\nname: b\n',
    '\tname: a\n',
    'a: *b\n',
    '',
  ];
  const all = texts.flatMap((text) => problemsOf(text).problems);
  expect(new Set(all.map(({ code }) => code)).size).toBeGreaterThan(6);
  for (const { code, message, hint, ko } of all) {
    expect([code, message, ko?.message], message).toEqual([code, message, expect.stringMatching(/니다/)]);
    expect(ko!.hint, hint).toMatch(/니다|십시오/);
    // The parser's own words are English: in Korean its code has a sentence. A wanted type is in the Korean hint.
    if (message.startsWith('not valid YAML')) continue;
    const told = `${ko!.message} ${ko!.hint}`;
    for (const number of message.match(/\d+/g) ?? []) expect(told).toContain(number);
    for (const quoted of message.match(/"[^"\s]+"/g) ?? []) expect(told).toContain(quoted);
  }
});
