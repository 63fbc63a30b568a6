// Training learns: a model of one layer memorises a short text.

import { expect, test } from 'vitest';
import { Batches, bitsPerByte, score, Trainer } from './index.ts';
import { reader, smallModel, smallTraining } from './testing/small.ts';

const POEM = `Now the night is coming on the sea, and all the boats are home but one.
The harbour keeps a lamp for it; the keeper trims the wick and counts to ten.
Between two waves a voice, a bell, a rope that someone throws and someone takes;
the planks are wet, the knot is made, and seven people step upon the land.
They tell of whales as long as streets, of ice that sings before the morning breaks,
of islands where the clocks are stones, and stones are weighed by hand.
우리나라 말이 중국과 달라 한자와 서로 통하지 아니하므로 어리석은 백성이 이르고자 할 바가 있어도 제 뜻을 펴지 못하는 사람이 많으니라.
내가 이를 위하여 가엾이 여겨 새로 스물여덟 글자를 만드노니 사람마다 쉽게 익혀 날마다 쓰는 데 편안하게 하고자 할 따름이니라.
The sum of 17 and 25 is 42; the sum of 25 and 36 is 61; the sum of 99 and 1 is 100; there is no more to add.
And when the lamp is out, the keeper sleeps. The sea goes on with what it has to say: a line, a pause, a line.
`;

test('one layer memorises two kilobytes to under 0.1 bits per byte', () => {
  const END = 256;
  const T = 64;
  const bytes = Buffer.from(POEM + POEM.split('\n').reverse().join('\n')).subarray(0, 32 * T);
  expect(bytes.length).toBe(2048); // whole windows: what comes after the last one is never trained on
  const text = Uint32Array.from([END, ...bytes]);
  const tokens = reader(text);
  const model = smallModel({
    vocabSize: 257,
    hiddenSize: 96,
    intermediateSize: 256,
    numHiddenLayers: 1,
    numKeyValueHeads: 2,
  });
  const train = smallTraining({
    steps: 300,
    batchSize: 8,
    microBatchSize: 8,
    sequenceLength: T,
    warmupSteps: 20,
    minLearningRate: 0.0005,
    weightDecay: 0,
  });
  const batches = new Batches([{ tokens, weight: 1 }], 1377, T);
  const trainer = new Trainer(model, train, { threads: 2 });
  try {
    trainer.initialise(1377);
    const bytesOf = Uint32Array.from({ length: 257 }, (_, id) => (id === END ? 0 : 1));
    const measure = () => bitsPerByte(score(trainer, { tokens }, bytesOf, text.length));
    expect(measure()).toBeCloseTo(Math.log2(257), 0); // nothing known: as if every byte were as likely as any other
    const losses = Array.from({ length: train.steps }, () => trainer.next(batches).loss);
    expect(measure()).toBeLessThan(0.1);
    expect(losses.at(-1)! / Math.LN2).toBeLessThan(0.1);
  } finally {
    trainer.close();
  }
});
