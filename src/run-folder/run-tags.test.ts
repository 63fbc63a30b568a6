// Tags: kept beside the list of runs, never in a run; two writers do not undo each other; whatever the file holds, reading goes on.

import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readTags, tagRuns, tagsMark } from './index.ts';

let home: string;
let run: string;
const file = () => join(home, 'jikji/run-tags.jsonl');
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jikji-tags-'));
  vi.stubEnv('XDG_STATE_HOME', home);
  run = join(home, 'runs/한글');
  mkdirSync(run, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});
const tags = (folder = run) => readTags().get(folder);

test('a tag comes and goes, once for each run, and the run folder stays as it is', () => {
  const before = statSync(run).mtimeMs;
  expect(tagsMark()).toBe('');
  expect(tagRuns([run, '/other'], 'baseline', true)).toBe(2);
  const mark = tagsMark();
  expect(tagRuns([run], 'baseline', true)).toBe(0);
  expect(tagsMark()).toBe(mark);
  expect(tagRuns([run], ' 기준   모델 ', true)).toBe(1);
  expect(tags()).toEqual(['baseline', '기준 모델']);
  expect(tags('/other')).toEqual(['baseline']);
  expect(tagRuns([run, '/other'], 'baseline', false)).toBe(2);
  expect(tags()).toEqual(['기준 모델']);
  expect(readTags().has('/other')).toBe(false);
  expect(readdirSync(run)).toEqual([]);
  expect(statSync(run).mtimeMs).toBe(before);
});

test('one form of a text is one tag', () => {
  tagRuns([run], '가'.normalize('NFD'), true);
  expect(tagRuns([run], '가'.normalize('NFC'), true)).toBe(0);
});

test.each(['', '   ', 'a,b', 'x'.repeat(41), '\u202egnp', 'a\u0000', 'a\nb', '\u200b', 'a\u2028b', '\ud800'])(
  '%j is not a tag',
  (text) => {
    expect(() => tagRuns([run], text, true)).toThrow(expect.objectContaining({ code: 'tag-invalid' }));
    expect(tags()).toBeUndefined();
  },
);

test('a run has at most 20 tags, and then nothing is written for any run', () => {
  for (let i = 0; i < 20; i++) tagRuns([run], `t${i}`, true);
  const text = readFileSync(file(), 'utf8');
  expect(() => tagRuns(['/other', run], 'one more', true)).toThrow(expect.objectContaining({ code: 'too-many' }));
  expect(readFileSync(file(), 'utf8')).toBe(text);
  tagRuns([run], 't3', false);
  expect(tagRuns([run], 'one more', true)).toBe(1);
});

test('lines that are not ours are skipped, and what another writer adds meanwhile stays', () => {
  tagRuns([run], 'mine', true);
  const strange = [
    'rubbish',
    'null',
    '[]',
    '{"folder":3,"tag":"a","on":true}',
    '{"folder":"relative","tag":"a","on":true}',
    JSON.stringify({ folder: run, tag: 'a,b', on: true }),
    JSON.stringify({ folder: run, tag: '\u202e', on: true }),
    JSON.stringify({ folder: run, tag: 7, on: true }),
    JSON.stringify({ folder: '__proto__', tag: 'a', on: true }),
    JSON.stringify({ formatVersion: 1, folder: run, tag: 'theirs', on: true }),
    '{"fol',
  ];
  appendFileSync(file(), `${strange.join('\n')}\n`);
  tagRuns([run], 'mine', false);
  expect([...readTags()]).toEqual([[run, ['theirs']]]);
});
