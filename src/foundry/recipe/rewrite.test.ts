// Overrides written into the text of a recipe: the recipe is the one that the overrides give, and the rest of the text is kept.

import { expect, test } from 'vitest';
import { parseRecipe, rewriteRecipe } from './index.ts';

const TEXT = `# my recipe
name: mine
corpus:
  sources:
    - { files: texts, weight: 1 } # mine too
tokenizer:
train: { steps: 20, learningRate: 1e-2 } # short
`;

test.each([
  [['train.learningRate=3e-3'], 'train: { steps: 20, learningRate: 0.003 } # short'],
  [['train.learningRate=0.003', 'train.eps=1e-9'], 'eps: 1e-9'],
  [['tokenizer.vocabSize=300'], 'tokenizer:\n  vocabSize: 300\n'],
  [['model.numHiddenLayers=2'], 'model:\n  numHiddenLayers: 2\n'],
  [['corpus.sources[0].weight=2'], '- { files: texts, weight: 2 } # mine too'],
  [['corpus.sources.0.files=[a, b]'], '# mine too'],
  [['corpus.sources.1.files=more'], '# mine too'],
  [['name=1377'], '"1377"'],
  [['train={steps: 3}', 'name=other'], 'name: other'],
])('%j', (overrides, part) => {
  const written = rewriteRecipe(TEXT, 'r.yaml', overrides);
  expect(parseRecipe(written, { file: 'r.yaml' })).toEqual(parseRecipe(TEXT, { file: 'r.yaml', overrides }));
  expect(written).toContain('# my recipe');
  expect(written).toContain(part);
  expect(written).not.toContain('minLearningRate'); // a tenth of the learning rate, whatever that is
});
