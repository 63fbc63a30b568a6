// Recipes of the runs that both verifiers judge: honest ones of different shapes, and those that forgeries change.

import type { RecipeChanges } from '../../src/audit/testing/run.ts';
import { ARCHITECTURES } from '../../src/foundry/model/index.ts';
import type { Deed } from './forgery.ts';

const ODD_SOURCES = [
  { files: ['texts/a/{1,2}?.txt', 'texts/a/?.txt'], language: 'en', licence: '"quoted" #1', weight: 1 / 3 },
  { files: 'texts/b', language: 'ko', licence: "it's: - 'null', true", weight: 2.5 },
];
/** Different shapes: more than one block of queries, heads with odd halves, groups, both schedules, rows that are not multiples of eight. */
export const SHAPES: Record<string, RecipeChanges> = {
  'honest, two blocks of queries': {
    model: { hiddenSize: 24, numHiddenLayers: 2, numAttentionHeads: 3, numKeyValueHeads: 1, tieWordEmbeddings: false },
    train: { steps: 5, batchSize: 4, microBatchSize: 1, sequenceLength: 100, gradientGroups: 2, schedule: 'wsd' },
  },
  'honest, odd': {
    // Texts that YAML must quote, and numbers that are not short fractions.
    ...{ corpus: { sources: ODD_SOURCES, validation: 1 / 7 } },
    model: { hiddenSize: 20, intermediateSize: 37, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 2 },
    train: {
      ...{ steps: 6, batchSize: 3, microBatchSize: 3, sequenceLength: 13, warmupSteps: 0, weightDecay: 0 },
      ...{ beta1: 0.8, gradClip: 0.05, minLearningRate: 0, checkpointEvery: 4, keepEvery: 2 },
    },
  },
  // Matrices that are wider than high, higher than wide, and (in the second) square; biases and norms of layers, which take AdamW.
  'honest, Muon': {
    model: { architecture: 'qwen2', hiddenSize: 20, intermediateSize: 37, ...{ numAttentionHeads: 6, headDim: 10 } },
    train: {
      ...{ steps: 5, batchSize: 4, microBatchSize: 1, sequenceLength: 30, gradientGroups: 2, weightDecay: 1 },
      optimizer: 'muon',
    },
  },
  'honest, Muon, square matrices and matrices of more than one block': {
    model: { hiddenSize: 48, intermediateSize: 101, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 2 },
    train: {
      ...{ steps: 6, batchSize: 2, microBatchSize: 2, sequenceLength: 20, schedule: 'wsd', gradClip: 0.05 },
      ...{ optimizer: 'muon', momentum: 0, checkpointEvery: 4, keepEvery: 2 },
    },
  },
  ...Object.fromEntries(
    [...ARCHITECTURES.values()].map(({ name: architecture, title }) => [
      `honest, ${title} with an explicit head size`,
      {
        model: { architecture, hiddenSize: 20, numAttentionHeads: 6, numKeyValueHeads: 2, headDim: 10 },
        train: { steps: 5, batchSize: 4, microBatchSize: 1, sequenceLength: 50, gradientGroups: 2, weightDecay: 1 },
      },
    ]),
  ),
};
/** The recipes of the runs that forgeries change. Figures of runs with a parent cost twice as much. */
export const RECIPES: Record<
  NonNullable<Deed['recipe']>,
  { model?: object; train?: object; tokenizer?: { vocabSize: number } }
> = {
  llama: {},
  qwen2: { model: { architecture: 'qwen2' } },
  qwen3: { model: { architecture: 'qwen3', headDim: 6 } },
  muon: { train: { optimizer: 'muon' } },
  child: { train: { validationTokens: 30 } },
  grown: { model: { tieWordEmbeddings: false }, train: { validationTokens: 30 }, tokenizer: { vocabSize: 440 } },
};
/** The figure costs less than 15% of the training, so it is computed again by default. */
export const STEPS = { steps: 8, batchSize: 2, microBatchSize: 2, sequenceLength: 12, validationTokens: 60 };
