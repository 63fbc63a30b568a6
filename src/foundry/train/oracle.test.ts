// A training step of every architecture against an independent model in naive loops: the same loss and gradients, bit for bit.

import { expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { binary32 } from '../../engine/testing/oracle/index.ts';
import { lossAndGradients, type ModelShape } from '../../engine/testing/oracle/model.ts';
import { ARCHITECTURES, type ModelConfig, parameters } from '../model/index.ts';
import { Batches, Trainer } from './index.ts';
import { smallPairs, smallTalks } from './testing/conversations.ts';
import { smallModel, smallText, smallTraining } from './testing/small.ts';

const shapes: [string, Partial<ModelConfig>][] = [
  ['a tied head', { hiddenSize: 24, intermediateSize: 40, numAttentionHeads: 4, numKeyValueHeads: 2, vocabSize: 50 }],
  [
    'an untied head, an explicit head size, odd sizes',
    {
      ...{ hiddenSize: 22, intermediateSize: 37, numAttentionHeads: 3, numKeyValueHeads: 1, headDim: 10 },
      ...{ vocabSize: 61, tieWordEmbeddings: false },
    },
  ],
];

const cases = [...ARCHITECTURES.keys()].flatMap((architecture) =>
  shapes.flatMap(([name, shape]) => [
    { name, architecture, shape, of: 'text' },
    { name, architecture, shape, of: 'conversations and text' },
    { name, architecture, shape, of: 'pairs' },
  ]),
);

test.each(cases)('$architecture, $name, $of', ({ architecture, shape, of }) => {
  const model = smallModel({ ...shape, architecture });
  const dpoBeta = of === 'pairs' ? { dpoBeta: 0.3 } : {};
  const train = smallTraining({ sequenceLength: 51, batchSize: 4, microBatchSize: 1, gradientGroups: 2, ...dpoBeta });
  const { sequenceLength } = train;
  const sources = of === 'text' ? [smallText(model, train)] : (of === 'pairs' ? smallPairs : smallTalks)(model, train);
  const batches = new Batches(sources, 1, sequenceLength);
  const trainer = new Trainer(model, train, { threads: 2, tile: 8 });
  try {
    trainer.initialise(3);
    // Norms start as 1 and biases as 0, where a missing one would not show.
    const random = randomNumbers(5);
    const vectors = new Set(
      parameters(model)
        .filter(({ std }) => std === undefined)
        .map(({ name }) => name),
    );
    const weights = new Map(
      trainer.weights().map(({ name, data }) => {
        const values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
        if (vectors.has(name))
          values.forEach((value, i) => {
            values[i] = value + 0.3 * (random() - 0.5);
          });
        return [name, values.slice()];
      }),
    );
    const batch = batches.batch(0, train.batchSize);
    const references = [...(batch.references ?? [])].filter((_, slot) => batch.positions![slot] === 0);
    const wanted = lossAndGradients(
      binary32,
      { config: model as ModelShape, weights },
      {
        ...{ ...batch, sequenceLength, gradientGroups: 2 },
        ...(of === 'pairs' && { preference: { beta: 0.3, references } }),
      },
    );
    const { loss } = trainer.next(batches);
    expect(loss).toBe(wanted.loss);
    const names = [...weights.keys()];
    expect([...wanted.gradients.keys()].sort()).toEqual(names);
    for (const name of names) {
      const bits = (x: ArrayLike<number>) => new Uint32Array(Float32Array.from(x).buffer);
      expect(bits(trainer.gradient(name)), name).toEqual(bits(wanted.gradients.get(name)!));
    }
  } finally {
    trainer.close();
  }
});
