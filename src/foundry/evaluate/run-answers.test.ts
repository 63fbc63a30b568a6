// The held-out text of a run with conversations: the answers are scored as training scores them, not how they are stored.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { parseRecipe } from '../recipe/index.ts';
import { evaluateModel } from './evaluate.ts';

const folder = temporaryFolder();

const RECIPE = `name: talks
seed: 1
corpus: { sources: [{ files: talks.jsonl, read: conversations, language: en }], validation: 0.3 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 1, numAttentionHeads: 1, maxPositionEmbeddings: 96 }
train: { steps: 8, batchSize: 2, sequenceLength: 96, warmupSteps: 1, learningRate: 0.01 }
`;

test('as the seal has them; no questions are made of how conversations are stored', async () => {
  const talks = Array.from({ length: 120 }, (_, i) => ({
    messages: [
      { role: 'user', content: `How many are they, number ${i}?` },
      { role: 'assistant', content: `They are all ${i} of them.` },
      { role: 'user', content: 'And now?' },
      { role: 'assistant', content: `Now ${i + 1}.` },
    ],
  }));
  writeFileSync(join(folder, 'talks.jsonl'), talks.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const made = await makeIn(folder, 'run', { recipe: parseRecipe(RECIPE, { file: 'r.yaml' }) });
  const notes: string[] = [];
  const { results } = await evaluateModel({
    model: made.run,
    tasks: [],
    threads: 1,
    onNote: (note) => notes.push(note),
  });
  expect(results.map(({ task }) => task)).toEqual(['held-out', 'held-out']);
  // The same nats; a line break between answers counts as a byte here.
  expect(results[0].value! / made.valBitsPerByte).toBeCloseTo(1, 1);
  expect(notes.join()).toMatch(/cloze-en is left out/);
});
