// Shapes of models of random weights for comparisons with llama.cpp.

import type { ModelConfig } from '../src/foundry/model/index.ts';

export const SHAPES: Record<string, Partial<ModelConfig>> = {
  tiny: { hiddenSize: 256, intermediateSize: 704, numHiddenLayers: 4, numAttentionHeads: 4, numKeyValueHeads: 2 },
  '110m': { hiddenSize: 768, intermediateSize: 2048, numHiddenLayers: 12, numAttentionHeads: 12, numKeyValueHeads: 4 },
  '386m': { hiddenSize: 1280, intermediateSize: 3456, numHiddenLayers: 20, numAttentionHeads: 20, numKeyValueHeads: 5 },
};

/** The config of a shape; the vocabulary is that of the tokenizer that is put beside it, or larger. */
export const randomConfig = (shape: Partial<ModelConfig>, context: number): ModelConfig => ({
  ...{ hiddenSize: 0, intermediateSize: 0, numHiddenLayers: 0, numAttentionHeads: 0, numKeyValueHeads: 0 },
  ...{ vocabSize: 32_768, maxPositionEmbeddings: context, ropeTheta: 10_000, rmsNormEps: 1e-5 },
  ...{ initializerRange: 0.02, tieWordEmbeddings: true },
  ...shape,
});
