// Small trainings for tests: shapes, tokens and runs of a few steps. The tokens come from an independent generator, so that no test
// depends on the code that it tests.

import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import type { ModelConfig } from '../../model/index.ts';
import type { TokenSource } from '../batches.ts';
import { Batches, type TrainConfig, Trainer } from '../index.ts';
import type { TrainerOptions } from '../trainer.ts';
import type { TokenReader } from '../windows.ts';

/** Token ids in memory. */
export const reader = (ids: Uint32Array): TokenReader => ({
  length: ids.length,
  read: (start, count) => ids.slice(start, start + count),
});

/** Random token ids below `vocabSize`. */
export function randomTokens(length: number, vocabSize: number, seed: number): Uint32Array {
  const random = randomNumbers(seed);
  return Uint32Array.from({ length }, () => wholeBelow(random, vocabSize));
}

export function smallModel(changes: Partial<ModelConfig> = {}): ModelConfig {
  return {
    vocabSize: 300,
    hiddenSize: 32,
    intermediateSize: 64,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 4,
    maxPositionEmbeddings: 2048,
    ropeTheta: 10000,
    rmsNormEps: 1e-5,
    initializerRange: 0.05,
    tieWordEmbeddings: true,
    ...changes,
  };
}

export function smallTraining(changes: Partial<TrainConfig> = {}): TrainConfig {
  return {
    steps: 3,
    batchSize: 4,
    microBatchSize: 4,
    sequenceLength: 32,
    gradientGroups: 1,
    learningRate: 0.01,
    minLearningRate: 0.001,
    schedule: 'cosine',
    decayFraction: 0.2,
    warmupSteps: 1,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    eps: 1e-8,
    gradClip: 1,
    ...changes,
  };
}

/** The results that are the same for all ways to run a training. */
export interface Bits {
  stateRoot: string;
  /** The step records as JSON: binary64 numbers print with all their bits. */
  records: string;
}

/** Twelve windows of random tokens. */
export const smallText = (model: ModelConfig, train: TrainConfig): TokenSource => ({
  tokens: reader(randomTokens(12 * train.sequenceLength + 1, model.vocabSize, 1)),
  weight: 1,
});

/** Trains `train.steps` steps, on random tokens where nothing else is given, and returns the resulting bits. */
export function trainingBits(
  model: ModelConfig,
  train: TrainConfig,
  threads = 1,
  {
    seed = 1377,
    sources = [smallText(model, train)],
    ...options
  }: Omit<TrainerOptions, 'threads'> & { seed?: number; sources?: readonly TokenSource[] } = {},
): Bits {
  const batches = new Batches(sources, seed, train.sequenceLength);
  const trainer = new Trainer(model, train, { ...options, threads });
  try {
    trainer.initialise(seed);
    const records = Array.from({ length: train.steps }, () => trainer.next(batches));
    return { stateRoot: trainer.stateRoot(), records: JSON.stringify(records) };
  } finally {
    trainer.close();
  }
}
