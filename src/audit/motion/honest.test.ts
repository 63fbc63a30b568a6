// No false alarm: trainings with recipes and gradients of every kind break neither bound nor moments, with AdamW and with Muon. 40
// segments of each, 1,000 with JIKJI_TORTURE; the seed is JIKJI_TEST_SEED or a new one, and a failure prints it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import type { ModelConfig } from '../../foundry/model/index.ts';
import type { TrainConfig } from '../../foundry/train/index.ts';
import { Bench, motionOf, smallModel, smallTraining } from './testing/motion.ts';

const SEGMENTS = process.env.JIKJI_TORTURE ? 1000 : 40;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 1e9);

/** Shapes: tied and untied head, one layer and three, odd sizes, gradient groups. */
const SHAPES: [Partial<ModelConfig>, Partial<TrainConfig>][] = [
  [{}, {}],
  [{ tieWordEmbeddings: false, numHiddenLayers: 1, vocabSize: 301, hiddenSize: 20, numAttentionHeads: 2 }, {}],
  [
    { numHiddenLayers: 3, hiddenSize: 10, intermediateSize: 7, numAttentionHeads: 5, numKeyValueHeads: 1 },
    { batchSize: 4, microBatchSize: 1, gradientGroups: 2, sequenceLength: 5 },
  ],
  // One token again and again, from a batch of one position: gradients of rank one, many of them zero.
  [
    { vocabSize: 2, hiddenSize: 8, numAttentionHeads: 2 },
    { batchSize: 1, microBatchSize: 1, sequenceLength: 1 },
  ],
];

const OPTIMIZERS = [{}, { optimizer: 'muon', momentum: 0.95 }] as const;

let benches: Bench[][];
beforeAll(() => {
  benches = OPTIMIZERS.map((optimizer) =>
    SHAPES.map(([model, train]) => new Bench(smallModel(model), smallTraining({ ...train, ...optimizer }))),
  );
});
afterAll(() => {
  for (const bench of benches.flat()) bench.close();
});

function randomRecipe(random: () => number): { model: Partial<ModelConfig>; train: Partial<TrainConfig> } {
  const pick = <T>(...of: T[]): T => of[Math.floor(random() * of.length)]!;
  const power = (from: number, to: number): number => 10 ** (from + (to - from) * random());
  const learningRate = pick(power(-12, -5), power(-5, -1), power(-1, 1));
  return {
    // Weights so small that gradients vanish and squares underflow, or so large that attention and loss have only spikes.
    model: {
      initializerRange: pick(0.02, power(-30, -4), power(-1, 1), power(-20, -15)),
      rmsNormEps: pick(1e-5, 1e-12, 1),
    },
    train: {
      steps: Math.ceil(power(0, 2.5)),
      learningRate,
      minLearningRate: pick(0, learningRate / 10, learningRate),
      schedule: pick('cosine', 'wsd'),
      decayFraction: random(),
      warmupSteps: pick(0, 3, 30, 400),
      weightDecay: pick(0, 0.1, power(-2, 2)),
      beta1: pick(0, 0.9, 0.99, 0.5),
      beta2: pick(0.9, 0.95, 0.999, 0.9999),
      eps: pick(1e-8, 1e-12, 1e-3, power(-12, 0)),
      gradClip: pick(1, 1e30, power(-6, 0), power(-20, -10)),
    },
  };
}

test.each(OPTIMIZERS.map((optimizer, i) => [optimizer, i] as const))(
  `${SEGMENTS} honest segments, seed ${SEED}: %o`,
  (optimizer, which) => {
    const random = randomNumbers(SEED);
    let segments = 0;
    let cutShort = 0;
    for (let training = 0; segments < SEGMENTS; training++) {
      const recipe = randomRecipe(random);
      if ('optimizer' in optimizer) recipe.train.momentum = [0, 0.5, 0.95, 0.999][Math.floor(random() * 4)]!;
      const { steps } = recipe.train;
      const kept = [0];
      while (kept.length < 7 && kept.at(-1)! < steps!) {
        kept.push(Math.min(steps!, kept.at(-1)! + 1 + Math.floor(random() ** 2 * 40)));
      }
      const traces = benches[which]![training % SHAPES.length]!.run(recipe, training, kept);
      if (traces.kept.length < kept.length) cutShort++;
      for (const { segment, findings, movement } of motionOf(traces)) {
        segments++;
        expect({ SEED, training, recipe, segment, findings }).toEqual({
          SEED,
          training,
          recipe,
          segment,
          findings: [],
        });
        for (const length of movement.values()) expect(length).toBeLessThan(Number.POSITIVE_INFINITY);
      }
    }
    // Most trainings reach their end: the recipes are hostile, but the test covers enough.
    expect(cutShort).toBeLessThan(segments / 10);
  },
);
