// What is said to somebody who asks a run for more steps than it has.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { parseRecipe, recipeToYaml } from '../recipe/index.ts';
import { checkFolder } from './index.ts';

const folder = temporaryFolder();

const recipe = (steps: number, more = '') =>
  parseRecipe(`name: a\nseed: 1\ncorpus: { sources: [{ files: a.txt }] }\ntrain: { steps: ${steps}${more} }\n`, {
    file: 'r.yaml',
  });
const hintOf = (steps: number, more?: string) => {
  try {
    checkFolder(folder, recipe(steps, more), true);
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'folder-holds-another-run' });
    return (error as { hint: string }).hint;
  }
};

test('more steps: the lines of a new recipe that begins with this run', () => {
  writeFileSync(join(folder, 'recipe.yaml'), recipeToYaml(recipe(1000)));
  expect(hintOf(1000)).toBe('');
  expect(hintOf(1500)).toMatch(/^finish it first/);
  writeFileSync(join(folder, 'seal.json'), '');
  expect(hintOf(1500)).toContain(`from: { run: ${folder} } and train: { steps: 500 }`);
  expect(hintOf(1500)).toMatch(/^to train it longer, make a new run .* another name, without model and tokenizer/);
  expect(hintOf(900)).toMatch(/choose another folder/);
});
