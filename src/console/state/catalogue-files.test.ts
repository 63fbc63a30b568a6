// Picked files of a catalogue: paths of chip cards, versions, and which file an error is about.

import { expect, test } from 'vitest';
import { catalogueFiles, EMPTY_FILES, isNamedIn, withVersion } from './catalogue-files.ts';

test('a card has the path by which a text names it; one that none names keeps its name', () => {
  const yaml = { file: 'ours.yaml', text: 'chips: [{ cards: [cards/a/far.one.json, "near.json"] }]' };
  const card = (file: string) => ({ file, text: '{}' });
  const files = catalogueFiles([card('far.one.json'), card('near.json'), card('one.json'), yaml]);
  expect(files.map(({ file }) => file)).toEqual(['ours.yaml', 'cards/a/far.one.json', 'near.json', 'one.json']);
  expect(catalogueFiles([card('x.json')])).toEqual([...EMPTY_FILES, card('x.json')]);
  // A name with signs of regular expressions.
  expect(catalogueFiles([yaml, card('(+[.json')]).at(-1)!.file).toBe('(+[.json');
});

test('the version is written where the text has one, and nowhere else', () => {
  const text = 'formatVersion: 1\nid: a\nversion: 3 # of March\nchips: [{ version: 3 }]\n';
  expect(withVersion(text, 12)).toBe('formatVersion: 1\nid: a\nversion: 12 # of March\nchips: [{ version: 3 }]\n');
  expect(withVersion('formatVersion: 1\nid: a\n', 2)).toBeUndefined();
  expect(withVersion('{ formatVersion: 1, version: 3 }', 2)).toBeUndefined();
});

test('an error names its file', () => {
  const file = { file: 'a.yaml', text: '' };
  expect(isNamedIn(file, { input: 'a.yaml:12' })).toBe(true);
  expect(isNamedIn(file, { input: 'a.yaml' })).toBe(true);
  expect(isNamedIn(file, { input: 'a.yaml.yaml:3' })).toBe(false);
});
