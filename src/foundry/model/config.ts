// The shape of a model. Hugging Face's names in camelCase.

import type { RopeScaling } from '../../engine/index.ts';

export interface ModelConfig {
  /** Its name among ARCHITECTURES; left out, Llama. */
  architecture?: string;
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  numKeyValueHeads: number;
  /** Size of a head; left out, hiddenSize / numAttentionHeads. */
  headDim?: number;
  maxPositionEmbeddings: number;
  ropeTheta: number;
  /** Only models that others made have it. */
  ropeScaling?: RopeScaling;
  rmsNormEps: number;
  initializerRange: number;
  tieWordEmbeddings: boolean;
}

export const headDim = (c: ModelConfig): number => c.headDim ?? c.hiddenSize / c.numAttentionHeads;

/** Longest context that memory is taken for. */
const MAX_CONTEXT = 4096;
export const contextOf = ({ maxPositionEmbeddings }: ModelConfig): number =>
  Math.min(maxPositionEmbeddings, MAX_CONTEXT);
