// The shape of a model, with Hugging Face's names in camelCase.

import type { RopeScaling } from '../../engine/index.ts';

export interface ModelConfig {
  /** A name of ARCHITECTURES; Llama by default. */
  architecture?: string;
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  numKeyValueHeads: number;
  /** Size of a head; by default hiddenSize / numAttentionHeads. */
  headDim?: number;
  maxPositionEmbeddings: number;
  ropeTheta: number;
  /** Only foreign models have it. */
  ropeScaling?: RopeScaling;
  rmsNormEps: number;
  initializerRange: number;
  tieWordEmbeddings: boolean;
}

export const headDim = (c: ModelConfig): number => c.headDim ?? c.hiddenSize / c.numAttentionHeads;

/** The longest context that Jikji allocates memory for. */
const MAX_CONTEXT = 4096;
export const contextOf = ({ maxPositionEmbeddings }: ModelConfig): number =>
  Math.min(maxPositionEmbeddings, MAX_CONTEXT);
