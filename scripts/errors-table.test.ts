import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../src/base/error-codes/index.ts';
import { errorsPage, FILE } from './errors-table.ts';

const TREE = join(import.meta.dirname, '..');
const codes = Object.values(ERROR_CODES).flatMap((group) => Object.keys(group));

test('docs/errors.md is what the codes give: npm run errors-table writes it', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(errorsPage());
});

test('a code stands once, in the order of the alphabet, with one sentence', () => {
  expect(codes).toHaveLength(new Set(codes).size);
  for (const group of Object.values(ERROR_CODES)) expect(Object.keys(group)).toEqual(Object.keys(group).sort());
  for (const [code, meaning] of Object.values(ERROR_CODES).flatMap((group) => Object.entries(group))) {
    expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    expect(meaning, code).toMatch(/^[A-Z][^|\n]{10,}\.$/);
  }
});

test('the code uses every code, whole or built from a beginning and an ending', () => {
  const files = globSync('{src,bench}/**/*.ts', { cwd: TREE }).filter(
    (file) => !/^src\/(console|base\/error-codes)\/|\.(test|testing)\.ts$/.test(file),
  );
  const words = new Set<string>();
  const endings = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(TREE, file), 'utf8');
    // What is the key of an object stands for what is said of a code, not for its use.
    for (const [, word] of text.matchAll(/'([a-z]+(?:-[a-z0-9]+)*)'(?!:)/g)) words.add(word!);
    for (const [, ending] of text.matchAll(/`\$\{[\w.#]+\}-([a-z]+(?:-[a-z]+)*)`/g)) endings.add(ending!);
  }
  const isBuilt = (code: string): boolean =>
    [...code.matchAll(/-/g)].some(({ index }) => words.has(code.slice(0, index)) && endings.has(code.slice(index + 1)));
  expect(codes.filter((code) => !words.has(code) && !isBuilt(code))).toEqual([]);
});
