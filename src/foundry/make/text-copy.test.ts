// Texts copied from another run: only where that run has all of them, and a recipe that asks for the same.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { parseRecipe } from '../recipe/index.ts';
import { makeText } from './index.ts';
import { contents, writeTexts } from './testing/cli.ts';
import { copyText } from './text-copy.ts';

const RECIPE = 'seed: 1377\ncorpus: { sources: [{ files: texts }], validation: 0.1 }\ntokenizer: { vocabSize: 300 }\n';
const recipe = (...overrides: string[]) => parseRecipe(RECIPE, { file: 'r.yaml', overrides });

const folder = temporaryHome();
const at = (...path: string[]) => join(folder, ...path);
beforeAll(async () => {
  writeTexts(at('texts'), 20, 10);
  const { signal } = new AbortController();
  const options = { recipeFolder: folder, threads: 1, resume: false, signal, onEvent: () => {} };
  await makeText({ ...options, recipe: recipe(), out: at('from') });
});

test('the same files, for a recipe that differs elsewhere', () => {
  expect(copyText(at('from'), at('to'), recipe('seed=7', 'train.steps=9', 'name=to'))).toBe(true);
  for (const part of ['corpus', 'tokenizer']) expect(contents(at('to', part))).toEqual(contents(at('from', part)));
});

test('nothing, for other texts, another tokenizer, from no run, or into a run that has its texts', () => {
  for (const other of ['tokenizer.vocabSize=299', 'corpus.validation=0.2', 'corpus.sources.0.weight=2']) {
    expect(copyText(at('from'), at('none'), recipe(other))).toBe(false);
  }
  expect(copyText(at('texts'), at('none'), recipe())).toBe(false);
  expect(existsSync(at('none'))).toBe(false);
  copyText(at('from'), at('full'), recipe());
  expect(copyText(at('from'), at('full'), recipe())).toBe(false);
});
