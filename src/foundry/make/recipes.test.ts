// The recipes that come with Jikji: each resolves, also beside its parent, and its training fits into the memory of one process.

import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type From, modelOf, type ParentShape, readRecipe } from '../recipe/index.ts';
import { planTraining } from '../train/index.ts';
import { checkpointPlan } from './index.ts';

const RECIPES = fileURLToPath(new URL('../../../recipes', import.meta.url));
const names = readdirSync(RECIPES);

/** The recipe of a run that a recipe begins with: `../runs/hello` is made by hello.yaml, as `jikji make` does it by default. */
function parentRecipe(from: From) {
  const run = resolve(RECIPES, 'run' in from ? from.run : '');
  expect(dirname(run)).toBe(resolve(RECIPES, '../runs'));
  expect(names).toContain(`${basename(run)}.yaml`);
  return readRecipe(join(RECIPES, `${basename(run)}.yaml`));
}

const shapeOf = (from: From): ParentShape => {
  const { model, tokenizer, corpus } = parentRecipe(from);
  return { model: { ...model }, vocabSize: tokenizer.vocabSize, specials: ['<|endoftext|>'], corpus };
};

test('there are recipes, and those that talk have a parent', () => {
  expect(names).toEqual(expect.arrayContaining(['hello.yaml', 'small.yaml', 'base.yaml']));
  const talking = names.filter((name) => readRecipe(join(RECIPES, name), [], shapeOf).chat !== undefined);
  expect(talking).toEqual(['hello-chat.yaml', 'small-chat.yaml']);
});

test('only the examples name a seed: two who copy another recipe do not begin with the same weights', () => {
  const named = names.filter((name) => readRecipe(join(RECIPES, name), [], shapeOf).seed !== undefined);
  expect(named).toEqual(['hello-chat.yaml', 'hello.yaml']);
});

test.each(names)('%s', (name) => {
  const recipe = readRecipe(join(RECIPES, name), [], shapeOf);
  expect(recipe.name).toBe(name.slice(0, -'.yaml'.length));
  for (const source of recipe.corpus.sources)
    if ('npm' in source) expect(source.sha512, source.npm).toMatch(/^sha512-/);
  const config = modelOf(recipe, recipe.tokenizer.vocabSize);
  const plan = planTraining(config, recipe.train, 2);
  expect(plan.bytes).toBeLessThan(2 ** 32);
  expect(checkpointPlan(recipe.train).kept.length).toBeGreaterThan(2);
});
