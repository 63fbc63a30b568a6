// A model past memory is told by its weights, not by the size of its micro-batches.

import { expect, test } from 'vitest';
import { modelOf, parseRecipe } from '../recipe/index.ts';
import { planTraining } from './index.ts';

test('its parameters and their memory are named, and what makes them fewer', () => {
  const model = '{ hiddenSize: 2048, numHiddenLayers: 16, numAttentionHeads: 16 }';
  const text = `corpus: { sources: [{ files: a.txt }] }\nmodel: ${model}\ntrain: { batchSize: 16, microBatchSize: 16 }\n`;
  const recipe = parseRecipe(text, { file: 'r.yaml' });
  let error: unknown;
  try {
    planTraining(modelOf(recipe, 4096), recipe.train, 1);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'too-large', hint: expect.not.stringContaining('microBatchSize') });
  expect(JSON.stringify(error) + String(error)).toMatch(
    /M parameters, whose weights, gradients and moments alone take \d+\.\d GiB/,
  );
});
