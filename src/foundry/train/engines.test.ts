// Training and generation on the oracle give the bits of WebAssembly: neither depends on one engine.

import { expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { type OpenEngine, openWebAssembly } from '../../engine/index.ts';
import { openOracle } from '../../engine/testing/oracle/index.ts';
import { openDecoder } from '../model/index.ts';
import { Generator } from '../model/testing/generator.ts';
import { smallTalks } from './testing/conversations.ts';
import { smallModel, smallTraining, trainingBits } from './testing/small.ts';

test.each([
  [true, 'adamw'],
  [false, 'adamw'],
  [true, 'muon'],
] as const)('the oracle trains to the bits of WebAssembly; a tied head: %s; %s', (tieWordEmbeddings, optimizer) => {
  const model = smallModel({
    tieWordEmbeddings,
    vocabSize: 61,
    hiddenSize: 20,
    intermediateSize: 27,
    numAttentionHeads: 2,
    numKeyValueHeads: 1,
  });
  // Micro-batches that do not divide a group, and a norm above the clip.
  const train = smallTraining({
    steps: 2,
    batchSize: 6,
    microBatchSize: 2,
    gradientGroups: 2,
    sequenceLength: 9,
    gradClip: 0.1,
    optimizer,
    momentum: 0.9,
  });
  const ours = trainingBits(model, train, 2);
  expect(trainingBits(model, train, 1, { open: openOracle })).toEqual(ours);
  const sources = smallTalks(model, train);
  const talks = trainingBits(model, train, 2, { sources });
  expect(talks).not.toEqual(ours);
  expect(trainingBits(model, train, 1, { sources, open: openOracle })).toEqual(talks);
});

test('the oracle continues a text to the bits of WebAssembly', () => {
  const model = smallModel({ vocabSize: 31, hiddenSize: 16, intermediateSize: 14, numKeyValueHeads: 2 });
  const logits = (open: OpenEngine) => {
    const random = randomNumbers(3);
    const read = (_: string, values: Float32Array) => {
      for (let i = 0; i < values.length; i++) values[i] = random() - 0.5;
    };
    const decoder = openDecoder(model, { rows: 4, context: 9, pages: 1 }, { threads: 1, open }, { read });
    const generator = new Generator(decoder);
    const found = [[1, 2, 3, 4, 5, 6], [7], [8]].map((tokens) => [...generator.feed(tokens)]);
    generator.close();
    return found;
  };
  expect(logits(openOracle)).toEqual(logits(openWebAssembly));
});
