// Surveys a folder of texts as sources of a recipe.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sayOtherFiles, surveyFolder } from './index.ts';

const KO = '나랏말이 중국과 달라 문자와 서로 통하지 아니하므로 어리석은 백성이 말하고자 하는 바가 있어도. '.repeat(20);
const EN = 'The people of the valley went to the river with a net, and it was as cold as it is in the winter. '.repeat(
  20,
);

function folderOf(files: Record<string, string | Uint8Array>) {
  const root = mkdtempSync(join(tmpdir(), 'jikji-survey-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

test('files become sources by kind and folder, with language, field and size', () => {
  const records = Array.from({ length: 60 }, (_, i) => JSON.stringify({ id: i, title: 'x', body: EN })).join('\n');
  const root = folderOf({
    'a.txt': EN,
    'ko/b.md': KO,
    'ko/deep/c.md': KO,
    'en/d.md': EN,
    'data/e.jsonl.gz': gzipSync(records),
    'empty.txt': '',
    'picture.png': 'x',
    '.hidden/f.txt': KO,
    'node_modules/p/g.md': KO,
    'runs/hello/transcript.jsonl': '{}',
    'runs/hello/model/README.md': EN,
  });
  const { sources: found, otherFiles } = surveyFolder(root);
  expect(otherFiles).toEqual([{ ending: '.png', count: 1 }]);
  expect(found).toMatchObject([
    { files: '*.txt', read: 'text', language: 'en', count: 1, bytes: EN.length },
    { files: 'en/**/*.md', read: 'markdown', language: 'en', count: 1 },
    { files: 'ko/**/*.md', read: 'markdown', language: 'ko', count: 2, bytes: 2 * Buffer.byteLength(KO) },
    { files: 'data/**/*.jsonl.gz', read: 'jsonl', field: 'body', language: 'en', count: 1 },
  ]);
  const gz = found[3].bytes / (60 * EN.length);
  expect(gz).toBeGreaterThan(0.8);
  expect(gz).toBeLessThan(1.2);
});

test('the text of records is estimated from whole lines, however short or long they are', () => {
  const short = Array.from({ length: 4000 }, (_, i) => JSON.stringify({ id: i, text: EN.slice(0, 60) }));
  const books = Array.from({ length: 3 }, (_, i) => JSON.stringify({ id: i, body: EN.repeat(50) }));
  const { sources: found } = surveyFolder(
    folderOf({ 'a/short.jsonl': short.join('\n'), 'b/books.jsonl': books.join('\n'), 'c/one.jsonl': books[0] }),
  );
  expect(found.map(({ field }) => field)).toEqual(['text', 'body', 'body']);
  const wanted = [4000 * 60, 150 * EN.length, 50 * EN.length];
  for (const [i, { bytes }] of found.entries()) expect(Math.abs(bytes / wanted[i] - 1)).toBeLessThan(0.05);
});

test('conversations are known by their members; lines of which some are none are texts', () => {
  const talk = (i: number) =>
    JSON.stringify({
      id: `${i}`,
      messages: [
        { role: 'user', content: EN },
        { role: 'assistant', content: KO },
      ],
    });
  const shared = JSON.stringify({
    conversations: [
      { from: 'human', value: EN },
      { from: 'gpt', value: EN },
    ],
  });
  const asked = JSON.stringify({ instruction: EN, input: '', output: EN });
  const many = (line: (i: number) => string) => Array.from({ length: 20 }, (_, i) => line(i)).join('\n');
  const root = folderOf({
    'a/talks.jsonl': many(talk),
    'b/shared.jsonl': many(() => shared),
    'c/asked.jsonl': many(() => asked),
    'd/mixed.jsonl': `${JSON.stringify({ text: EN })}\n${many(() => asked)}`,
  });
  const found = surveyFolder(root).sources;
  expect(found.map(({ files, read }) => [files, read])).toEqual([
    ['a/**/*.jsonl', 'conversations'],
    ['b/**/*.jsonl', 'conversations'],
    ['c/**/*.jsonl', 'conversations'],
    ['d/**/*.jsonl', 'jsonl'],
  ]);
  expect(found.map(({ field }) => field)).toEqual([undefined, undefined, undefined, 'text']);
  expect(found[1].bytes / (20 * 2 * EN.length)).toBeCloseTo(1, 1);
});

test('many folders share one pattern', () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`d${i}/a.txt`, EN]));
  expect(surveyFolder(folderOf(files)).sources).toMatchObject([
    { files: '**/*.txt', count: 20, bytes: 20 * EN.length },
  ]);
});

test('other scripts are named, unknown ones are not guessed', () => {
  const texts = {
    ja: 'これはペンです。漢字も少し書きます。',
    zh: '春眠不觉晓处处闻啼鸟',
    und: 'Ich bin ein kleiner Hund und laufe durch den Wald. '.repeat(9),
  };
  for (const [language, text] of Object.entries(texts)) {
    expect(surveyFolder(folderOf({ 'a.txt': text })).sources[0].language).toBe(language);
  }
});

test('what no reader takes is counted by its ending', () => {
  const pages = Object.fromEntries(Array.from({ length: 3 }, (_, i) => [`pages/${i}.PDF`, 'x']));
  const others = Object.fromEntries('abcdef'.split('').map((letter) => [`x.${letter}`, 'x']));
  const { otherFiles } = surveyFolder(
    folderOf({ 'a.txt': EN, 'recipe.yaml': 'name: x', LICENCE: 'x', ...pages, ...others }),
  );
  expect(otherFiles).toHaveLength(8);
  expect(sayOtherFiles(otherFiles)).toBe('3 .pdf, 1 without an ending, 1 .a, 1 .b, 1 .c, 1 .d and 2 others');
  const none = () => surveyFolder(folderOf(pages));
  expect(none).toThrow(expect.objectContaining({ code: 'no-texts', message: 'no texts were found; there are 3 .pdf' }));
});

test('a folder without texts, or no folder', () => {
  expect(() => surveyFolder(folderOf({ 'a.png': 'x' }))).toThrow(expect.objectContaining({ code: 'no-texts' }));
  expect(() => surveyFolder(join(tmpdir(), 'jikji-none'))).toThrow(expect.objectContaining({ code: 'no-such-folder' }));
  const file = join(folderOf({ 'one.txt': EN }), 'one.txt');
  const failure = {
    code: 'no-such-folder',
    message: 'is a file, not a folder',
    hint: expect.stringContaining(dirname(file)),
  };
  expect(() => surveyFolder(file)).toThrow(expect.objectContaining(failure));
});
