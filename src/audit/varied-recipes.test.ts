// No false alarm over varied recipes: honest runs are trained again in full, probed, and their figures computed again. 15 segments, 1,000 with
// JIKJI_TORTURE; the seed is JIKJI_TEST_SEED or a new one, and a failure prints it.

import { expect, test } from 'vitest';
import { randomNumbers } from '../base/testing/random-numbers.ts';
import { ARCHITECTURES } from '../foundry/model/index.ts';
import { auditRun, findingsOf, TestBench } from './testing/audit-run.ts';

const SEGMENTS = process.env.JIKJI_TORTURE ? 1000 : 15;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 1e9);

const bench = new TestBench();

test(`${SEGMENTS} honest segments, seed ${SEED}`, async () => {
  const random = randomNumbers(SEED);
  const pick = <T>(...of: T[]): T => of[Math.floor(random() * of.length)]!;
  let segments = 0;
  while (segments < SEGMENTS) {
    const heads = pick(1, 2, 3);
    const groups = pick(1, 1, 2);
    const batchSize = groups * pick(1, 2, 3);
    const changes = {
      seed: Math.floor(random() * 1e6),
      model: {
        architecture: pick(...ARCHITECTURES.keys()),
        ...pick({}, { headDim: 6 }),
        hiddenSize: heads * pick(4, 8, 10),
        intermediateSize: pick(7, 24, 33),
        numHiddenLayers: pick(1, 2, 3),
        numAttentionHeads: heads,
        numKeyValueHeads: pick(1, heads),
        tieWordEmbeddings: pick(true, false),
      },
      train: {
        steps: pick(7, 19, 33),
        batchSize,
        gradientGroups: groups,
        microBatchSize: pick(1, batchSize / groups),
        sequenceLength: pick(5, 16, 31),
        checkpointEvery: pick(1, 2, 5),
        keepEvery: pick(1, 1, 2),
        schedule: pick('cosine', 'wsd'),
        warmupSteps: pick(0, 3, 50),
        learningRate: pick(1e-4, 2e-3, 2e-2),
        weightDecay: pick(0, 0.1, 1),
        beta1: pick(0, 0.8, 0.9),
        beta2: pick(0.95, 0.999),
        gradClip: pick(1, 0.01, 1e30),
        ...pick({}, { optimizer: 'muon', momentum: pick(0, 0.9, 0.95) }),
      },
    };
    const made = await bench.make(bench.signer, changes, { threads: pick(1, 2) });
    const found = await auditRun(made, {
      threads: pick(1, 2),
      replay: 'all',
      validation: true,
      engine: { tile: pick(8, 16) },
    });
    expect({ SEED, changes, findings: findingsOf(found), verdict: found.verdict }).toMatchObject({
      findings: [],
      verdict: 'holds',
    });
    expect(found).toMatchObject({ extent: 'all', figures: 'computed' });
    segments += found.run.segments.length;
  }
});
