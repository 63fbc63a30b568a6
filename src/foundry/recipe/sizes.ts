// Sizes of a recipe: parameters, floating-point operations, the default micro-batch. Pure arithmetic; knows nothing of machines.

import { elementsOf } from '../../engine/index.ts';
import * as model from '../model/index.ts';
import type { Recipe } from './types.ts';

/** The model of a recipe. `vocabSize` is the trained tokenizer's: it may be smaller than the recipe's. */
export const modelOf = ({ model: of }: Pick<Recipe, 'model'>, vocabSize: number): model.ModelConfig => ({
  ...of,
  vocabSize,
});

type Shape = Pick<Recipe, 'model' | 'tokenizer'>;

const configOf = (recipe: Shape): model.ModelConfig => ({ ...recipe.model, vocabSize: recipe.tokenizer.vocabSize });

/** Parameters of the whole model. A tied head counts once. */
export const parameterCount = (recipe: Shape): number => model.parameterCount(configOf(recipe));

/** Bytes of a state, binary32: all weights, with one moment for those that Muon updates and two for the others. */
export function stateBytes(recipe: Shape & { train: Pick<Recipe['train'], 'optimizer'> }): number {
  const isMuon = recipe.train.optimizer === 'muon';
  return model.parameters(configOf(recipe)).reduce((sum, parameter) => {
    return sum + 4 * elementsOf(parameter.shape) * (isMuon && model.isLayerMatrix(parameter) ? 2 : 3);
  }, 0);
}

/** Operations to train on one token in sequences of T. */
export const flopsPerToken = (recipe: Shape, sequenceLength: number): number =>
  model.flopsPerToken(configOf(recipe), sequenceLength);

/** Operations of the whole training, without validation. */
export function trainingFlops(recipe: Recipe): number {
  const { steps, batchSize, sequenceLength } = recipe.train;
  return steps * batchSize * sequenceLength * flopsPerToken(recipe, sequenceLength);
}

/** Tokens of a micro-batch: enough to use the caches well, few enough to save memory. No bit of the result depends on it. */
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

/** The size of the feed-forward part where a recipe names none: 8/3 of hiddenSize, rounded up to a multiple of 32. */
export const defaultIntermediateSize = (hiddenSize: number): number => Math.ceil((hiddenSize * 8) / 3 / 32) * 32;
