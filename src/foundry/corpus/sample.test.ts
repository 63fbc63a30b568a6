// The difficulty of files and of the corpus that is made of them: nearly the same, with readers, fields and files that are broken.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { RecipeSource } from '../recipe/index.ts';
import { buildCorpus, corpusDifficulty, surveyText } from './index.ts';

/** Sentences of random words of `kinds`: more kinds are harder. */
function sentences(bytes: number, kinds: number, seed: number) {
  let state = seed;
  const below = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const words = Array.from({ length: kinds }, (_, i) => ((i + 17) * 7919).toString(36));
  const found: string[] = [];
  for (let length = 0; length < bytes; length += found.at(-1)!.length) {
    found.push(Array.from({ length: 12 }, () => words[below(kinds)]).join(' '));
  }
  return found;
}

const source = (files: string, read: RecipeSource['read'], field?: string): RecipeSource => ({
  ...{ files, read, language: 'en', licence: 'unknown', weight: 1 },
  ...(field !== undefined && { field }),
});

function folderOf(files: Record<string, string | Uint8Array>) {
  const root = mkdtempSync(join(tmpdir(), 'jikji-sample-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  return root;
}

test('files and their corpus have nearly the same difficulty, in every format', async () => {
  const texts = (seed: number) => sentences(150_000, 200, seed);
  const records = texts(2).map((body, id) => JSON.stringify({ id, junk: 'xyz'.repeat(50), body }));
  const root = folderOf({
    'a.txt': texts(1).join('\n'),
    'b.jsonl.gz': gzipSync(records.join('\n')),
    'c.json': JSON.stringify(texts(3)),
  });
  const sources = [source('*.txt', 'text'), source('*.jsonl.gz', 'jsonl', 'body'), source('*.json', 'json-strings')];
  mkdirSync(join(root, 'cache'));
  const folder = join(root, 'corpus');
  await buildCorpus({
    sources,
    validation: 0.05,
    recipeFolder: root,
    corpusFolder: folder,
    cacheFolder: join(root, 'cache'),
  });
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const ofCorpus = corpusDifficulty(folder, manifest)!;
  const survey = await surveyText(sources, root, 450_000);
  const ofFiles = survey.difficulty!;
  const { train, validation } = manifest.bytes;
  expect(survey.bytes / (train + validation)).toBeCloseTo(1, 2);
  expect(ofFiles / ofCorpus).toBeCloseTo(1, 1);
  // The junk of the records does not count: it would cost next to nothing.
  expect(ofFiles / (await surveyText([sources[0]], root, 150_000)).difficulty!).toBeGreaterThan(0.8);
});

test('a source counts by its size, and more kinds of words are harder', async () => {
  const root = folderOf({
    'easy.txt': sentences(150_000, 4, 2).join('\n'),
    'hard.md': sentences(150_000, 3000, 3).join('\n'),
  });
  const [easy, hard] = [source('*.txt', 'text'), source('*.md', 'markdown')];
  const [a, b, both] = [
    (await surveyText([easy], root, 150_000)).difficulty!,
    (await surveyText([hard], root, 150_000)).difficulty!,
    (await surveyText([easy, hard], root, 300_000)).difficulty!,
  ];
  expect(a).toBeLessThan(b / 2);
  expect(both).toBeGreaterThan((a + b) / 2.5);
  expect(both).toBeLessThan((a + b) / 1.6);
});

test('a broken file counts as far as it can be read', async () => {
  const texts = sentences(150_000, 50, 4);
  const root = folderOf({ 'a.json': JSON.stringify(texts).slice(0, -1), 'b.json': '{ no JSON' });
  expect((await surveyText([source('*.json', 'json-strings')], root, 150_000)).difficulty).toBeGreaterThan(0.5);
});

test('little text has no difficulty', async () => {
  const root = folderOf({ 'a.txt': 'A short text.' });
  expect((await surveyText([source('*.txt', 'text')], root, 13)).difficulty).toBe(undefined);
});

test('the text of Markdown is what is left of its files: no front matter, no code', async () => {
  const [prose] = [sentences(30_000, 200, 5).join('\n\n')];
  const code = `\`\`\`js\n${sentences(40_000, 300, 6).join('\n')}\n\`\`\`\n`;
  const text = `---\ntitle: ${'t'.repeat(2000)}\n---\n${prose}\n\n${code}`;
  const root = folderOf({ 'a.md': text });
  const { bytes } = await surveyText([source('*.md', 'markdown')], root, text.length);
  expect(Math.abs(bytes - prose.length)).toBeLessThan(20);
});
