// init --chat with a run to tune: conversations that its context cannot hold are told before a recipe is written, and left out where that is asked for.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { typed } from '../base/testing/argv.ts';
import { LAUNCHER } from './testing/bad-input.ts';

const CONTEXT = 48;
let folder: string;
const jikji = typed((args) =>
  spawnSync(LAUNCHER, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } }),
);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-init-chat-'));
  writeFileSync(join(folder, 'a.txt'), 'what is said here is short, and said again and again\n'.repeat(200));
  const recipe = {
    ...{
      name: 'base',
      seed: 1,
      corpus: { sources: [{ files: 'a.txt', read: 'text', language: 'en', licence: 'CC0-1.0' }] },
    },
    ...{ tokenizer: { vocabSize: 300 }, model: { hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 1 } },
    train: { steps: 2, batchSize: 1, sequenceLength: CONTEXT },
  };
  Object.assign(recipe.model, { numAttentionHeads: 2, numKeyValueHeads: 1 });
  writeFileSync(join(folder, 'base.yaml'), JSON.stringify(recipe));
  const made = jikji`make base.yaml --out base`;
  expect(made.stderr).toBe('');
  mkdirSync(join(folder, 'faq'));
  const row = (i: number) => (i % 4 === 0 ? `"${i}?","${'what is said here, '.repeat(12)}"` : `${i}?,short`);
  writeFileSync(join(folder, 'faq/faq.csv'), `질문,답변\n${Array.from({ length: 80 }, (_, i) => row(i)).join('\n')}\n`);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('conversations longer than the context of the run: counted and refused, or left out; then make begins', () => {
  const refused = jikji`init --chat faq/faq.csv --from base`;
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(
    /20 of 80 conversations have more than the 49 tokens .*, the longest \d+ \(faq\/faq\.csv\)/,
  );
  expect(refused.stderr).toMatch(/--leave-out-long .*--set train\.sequenceLength=\d+/);
  expect(existsSync(join(folder, 'faq/recipe.yaml'))).toBe(false);
  const { status, stdout } = jikji`init --chat faq/faq.csv --from base --leave-out-long --json`;
  expect(status).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ name: 'faq', count: 60, leftOut: 20 });
  expect(result).not.toHaveProperty('tokens');
  expect(result.notes).toContainEqual(expect.stringContaining('faq/faq.fitting.jsonl has the others'));
  const lines = readFileSync(join(folder, 'faq/faq.fitting.jsonl'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).messages[0].content)).toEqual(
    Array.from({ length: 80 }, (_, i) => `${i}?`).filter((_, i) => i % 4 !== 0),
  );
  const recipe = parse(readFileSync(join(folder, 'faq/recipe.yaml'), 'utf8'));
  expect(recipe.corpus.sources[0].files).toBe('faq.fitting.jsonl');
  expect(recipe.train.sequenceLength).toBe(CONTEXT);
  // Small steps, so that there are many of them: with few large ones no answer is learned.
  expect(recipe.train.batchSize).toBe(1);
  const made = jikji`make faq/recipe.yaml --out tuned --set train.steps=2`;
  expect([made.status, made.stderr]).toEqual([0, '']);
});
