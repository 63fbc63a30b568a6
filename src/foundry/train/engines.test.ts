// Training on the oracle gives the bits of training on WebAssembly: nothing in it leans on one engine.

import { expect, test } from 'vitest';
import { openOracle } from '../../engine/oracle/index.ts';
import { smallModel, smallTraining, trainingBits } from './small.testing.ts';

test.each([true, false])('the oracle trains to the bits of WebAssembly; a tied head: %s', (tieWordEmbeddings) => {
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
  });
  const ours = trainingBits(model, train, 2);
  expect(trainingBits(model, train, 1, { open: openOracle })).toEqual(ours);
});
