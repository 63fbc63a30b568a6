// What a recipe amounts to: parameters, floating-point operations, a micro-batch that fits. Pure arithmetic on a recipe;
// knows nothing of machines.

import type { ModelRecipe, Recipe } from './types.ts';

type Shape = Pick<Recipe, 'model' | 'tokenizer'>;

/** Parameters of everything but the embedding and an untied head. */
export function blockParameterCount(model: ModelRecipe): number {
  const { hiddenSize: D, intermediateSize: F } = model;
  const keyValueSize = (D / model.numAttentionHeads) * model.numKeyValueHeads;
  const attention = 2 * D * D + 2 * D * keyValueSize; // q and o; k and v
  const feedForward = 3 * D * F; // gate, up, down
  return model.numHiddenLayers * (attention + feedForward + 2 * D) + D; // two norms a layer, one at the end
}

/** Parameters of the whole model. A tied head counts once. */
export function parameterCount(recipe: Shape): number {
  const table = recipe.tokenizer.vocabSize * recipe.model.hiddenSize;
  return blockParameterCount(recipe.model) + table * (recipe.model.tieWordEmbeddings ? 1 : 2);
}

/**
 * Operations to train on one token in sequences of T: 6 for every weight that is multiplied (2 forward, 4 backward; the
 * head is multiplied, the embedding is looked up), and 12·L·D·T/2 for causal attention, which sees half of T on average.
 */
export function flopsPerToken(recipe: Shape, sequenceLength: number): number {
  const { hiddenSize: D, numHiddenLayers: L } = recipe.model;
  return 6 * (blockParameterCount(recipe.model) + recipe.tokenizer.vocabSize * D) + (12 * L * D * sequenceLength) / 2;
}

/** Operations of the whole training, validation not counted. */
export function trainingFlops(recipe: Recipe): number {
  const { steps, batchSize, sequenceLength } = recipe.train;
  return steps * batchSize * sequenceLength * flopsPerToken(recipe, sequenceLength);
}

/** Tokens that fill the caches well and still leave memory small; no bit of the result depends on it. */
const MICRO_BATCH_TOKENS = 4096;

/** The largest divisor of a group's sequences with at most 4,096 tokens; at least 1. */
export function defaultMicroBatchSize(batchSize: number, sequenceLength: number, gradientGroups: number): number {
  const group = batchSize / gradientGroups;
  let best = 1;
  for (let size = 2; size <= group && size * sequenceLength <= MICRO_BATCH_TOKENS; size++) {
    if (group % size === 0) best = size;
  }
  return best;
}
