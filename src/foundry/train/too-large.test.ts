// A model past memory is told by its weights, not by the size of its micro-batches.

import { expect, test } from 'vitest';
import { modelOf, parseRecipe } from '../recipe/index.ts';
import { planTraining } from './index.ts';

/** The error of planning a model with this shape and training. */
function errorOf(model: string, train: string) {
  const text = `corpus: { sources: [{ files: a.txt }] }\nmodel: ${model}\ntrain: ${train}\n`;
  const recipe = parseRecipe(text, { file: 'r.yaml' });
  try {
    planTraining(modelOf(recipe, 4096), recipe.train, 1);
  } catch (thrown) {
    return thrown;
  }
}

test('its parameters and their memory are named, and what makes them fewer', () => {
  const error = errorOf(
    '{ hiddenSize: 2048, numHiddenLayers: 16, numAttentionHeads: 16 }',
    '{ batchSize: 16, microBatchSize: 16 }',
  );
  expect(error).toMatchObject({ code: 'too-large', hint: expect.not.stringContaining('microBatchSize') });
  expect(JSON.stringify(error) + String(error)).toMatch(
    /M parameters, whose weights, gradients and moments alone take \d+\.\d GiB/,
  );
});

test('where the weights fit, micro-batches are what is lowered first', () => {
  const error = errorOf(
    '{ hiddenSize: 512, numHiddenLayers: 8, numAttentionHeads: 8 }',
    '{ batchSize: 512, microBatchSize: 512, sequenceLength: 512 }',
  );
  expect(error).toMatchObject({ code: 'too-large', hint: expect.stringContaining('lower train.microBatchSize') });
});
