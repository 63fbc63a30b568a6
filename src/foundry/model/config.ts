// The shape of a Llama model, and the list of its parameters. Hugging Face's names in camelCase.

import { elementsOf, type RopeScaling } from '../../engine/index.ts';

/** Llama architecture: RMSNorm, rotary embeddings, grouped-query causal attention, SwiGLU, no biases. */
export interface ModelConfig {
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  numKeyValueHeads: number;
  maxPositionEmbeddings: number;
  ropeTheta: number;
  /** Only models that others made have it. */
  ropeScaling?: RopeScaling;
  rmsNormEps: number;
  initializerRange: number;
  tieWordEmbeddings: boolean;
}

/** One weight: its Hugging Face name, its shape, and how it starts. */
export interface Parameter {
  name: string;
  shape: number[];
  /** Standard deviation at the start; undefined: all ones, and never decayed (norm weights). */
  std: number | undefined;
}

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';
export const HEAD = 'lm_head.weight';
/** Name of a weight of layer `i`, for example `mlp.up_proj`. */
export const layerName = (i: number, part: string): string => `model.layers.${i}.${part}.weight`;

export const headDim = (c: ModelConfig): number => c.hiddenSize / c.numAttentionHeads;

/** All weights, in the order of their names (UTF-16 code units): the order of the gradient norm and of the state. */
export function parameters(c: ModelConfig): Parameter[] {
  const D = c.hiddenSize;
  const F = c.intermediateSize;
  const kv = c.numKeyValueHeads * headDim(c);
  const std = c.initializerRange;
  const residual = std / Math.sqrt(2 * c.numHiddenLayers);
  const list: Parameter[] = [
    { name: EMBEDDING, shape: [c.vocabSize, D], std },
    { name: FINAL_NORM, shape: [D], std: undefined },
  ];
  if (!c.tieWordEmbeddings) list.push({ name: HEAD, shape: [c.vocabSize, D], std });
  for (let i = 0; i < c.numHiddenLayers; i++) {
    list.push(
      { name: layerName(i, 'input_layernorm'), shape: [D], std: undefined },
      { name: layerName(i, 'self_attn.q_proj'), shape: [D, D], std },
      { name: layerName(i, 'self_attn.k_proj'), shape: [kv, D], std },
      { name: layerName(i, 'self_attn.v_proj'), shape: [kv, D], std },
      { name: layerName(i, 'self_attn.o_proj'), shape: [D, D], std: residual },
      { name: layerName(i, 'post_attention_layernorm'), shape: [D], std: undefined },
      { name: layerName(i, 'mlp.gate_proj'), shape: [F, D], std },
      { name: layerName(i, 'mlp.up_proj'), shape: [F, D], std },
      { name: layerName(i, 'mlp.down_proj'), shape: [D, F], std: residual },
    );
  }
  return list.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const parameterCount = (c: ModelConfig): number =>
  parameters(c).reduce((sum, p) => sum + elementsOf(p.shape), 0);

/**
 * Floating-point operations of training on one token in sequences of T: 6 for each weight (forward 2, backward 4), of embedding
 * and untied head only the head, and 12 L D T / 2 for attention's products, as PaLM's appendix B counts them with causality.
 */
export function flopsPerToken(c: ModelConfig, sequenceLength: number): number {
  const lookedUp = c.tieWordEmbeddings ? 0 : c.vocabSize * c.hiddenSize;
  return 6 * (parameterCount(c) - lookedUp) + 6 * c.numHiddenLayers * c.hiddenSize * sequenceLength;
}

/** Longest context that memory is taken for. */
const MOST_CONTEXT = 4096;
export const contextOf = ({ maxPositionEmbeddings }: ModelConfig): number =>
  Math.min(maxPositionEmbeddings, MOST_CONTEXT);
