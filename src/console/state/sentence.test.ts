// Messages of errors as sentences: what gets a capital and a full stop, and which causes are worth showing.

import { expect, test } from 'vitest';
import { WORDS } from '../testing/words.ts';
import { sentence, typedInput as typed } from './sentence.ts';

const typedInput = (input: string) => typed(input, WORDS.ko.common);

test('a capital and one full stop; names, paths and numbers stay as they are', () => {
  expect([
    sentence('nobody has logged in'),
    sentence('log in, or send an API token'),
    typedInput('this request'),
    typedInput('password'),
  ]).toEqual(['Nobody has logged in.', 'Log in, or send an API token.', '', '']);
  expect(sentence('log-in is needed')).toBe('Log-in is needed.');
  expect(sentence('stage-1.yaml has no rules')).toBe('stage-1.yaml has no rules.');
  expect(sentence('modelId is missing')).toBe('modelId is missing.');
  expect(sentence('7 is too many')).toBe('7 is too many.');
  expect(sentence('로그인해야 합니다.')).toBe('로그인해야 합니다.');
  expect(sentence('azalea 컨소시엄의 키입니다')).toBe('azalea 컨소시엄의 키입니다.');
  expect(sentence(' there is none. ')).toBe('There is none.');
  expect(sentence('')).toBe('');
});

test('what somebody typed is shown, also where it looks like a word of ours', () => {
  for (const input of ['kim', 'stage-1', 'this request ', 'recipe.yaml:3', 'Log-in'])
    expect(typedInput(input)).toBe(input);
});

test('a place in a file is told in the language of the page', () => {
  expect(['row 12, hours', 'row 3', 'rule book:7', 'the table'].map(typedInput)).toEqual([
    '12행, hours',
    '3행',
    '7행',
    '',
  ]);
});
