// The key under which tests keep what they make: a changed line of what it follows from makes another, a changed test does not.

import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from './kept.ts';

let root: string;
const at = (name: string): string => join(root, name);
const digest = (): string => digestOf(root, ['kernels', 'src/foundry']);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'jikji-kept-'));
  for (const folder of ['kernels/build', 'src/foundry/train/testing', 'src/console'])
    mkdirSync(at(folder), { recursive: true });
  for (const file of ['kernels/tiles.ts', 'src/foundry/train/trainer.ts', 'src/foundry/train/testing/small.ts'])
    writeFileSync(at(file), '// as it was\n');
  writeFileSync(at('package-lock.json'), '{}');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['a line of the trainer', 'src/foundry/train/trainer.ts'],
  ['a helper of tests', 'src/foundry/train/testing/small.ts'],
  ['a kernel', 'kernels/tiles.ts'],
  ['the lock file', 'package-lock.json'],
  ['a new file', 'src/foundry/new.ts'],
])('%s makes another', (_, file) => {
  const before = digest();
  appendFileSync(at(file), '// changed\n');
  expect(digest()).not.toBe(before);
});

test('another name for the same bytes makes another', () => {
  const before = digest();
  renameSync(at('src/foundry/new.ts'), at('src/foundry/newer.ts'));
  expect(digest()).not.toBe(before);
});

test.each([
  ['a test', 'src/foundry/train/trainer.test.ts'],
  ['what is built', 'kernels/build/kernels.wasm'],
  ['another room', 'src/console/page.ts'],
])('%s makes none', (_, file) => {
  const before = digest();
  writeFileSync(at(file), 'new');
  expect(digest()).toBe(before);
});
