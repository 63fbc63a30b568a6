// The parameters of layers in all architectures, with their names in Hugging Face's and llama.cpp's files.

import { headDim, type ModelConfig } from '../config.ts';

/** The initial values of a parameter: normal random numbers (with a smaller deviation where it writes into the residual), or a constant. */
type Start = 'normal' | 'residual' | 1 | 0;

/** A parameter of each layer. */
export interface Part {
  /** After `model.layers.N.`. */
  name: string;
  /** llama.cpp's, after `blk.N.`. */
  gguf: string;
  shape(sizes: Sizes): number[];
  start: Start;
}

/** Sizes of a model's parameters: D hidden, F intermediate, Q all heads of queries, KV those of keys, d one head. */
interface Sizes {
  D: number;
  F: number;
  Q: number;
  KV: number;
  d: number;
}

export const sizesOf = (c: ModelConfig): Sizes => ({
  D: c.hiddenSize,
  F: c.intermediateSize,
  Q: c.numAttentionHeads * headDim(c),
  KV: c.numKeyValueHeads * headDim(c),
  d: headDim(c),
});

/** The parameters of every layer. */
export const COMMON = {
  inputNorm: { name: 'input_layernorm.weight', gguf: 'attn_norm.weight', shape: ({ D }) => [D], start: 1 },
  q: { name: 'self_attn.q_proj.weight', gguf: 'attn_q.weight', shape: ({ Q, D }) => [Q, D], start: 'normal' },
  k: { name: 'self_attn.k_proj.weight', gguf: 'attn_k.weight', shape: ({ KV, D }) => [KV, D], start: 'normal' },
  v: { name: 'self_attn.v_proj.weight', gguf: 'attn_v.weight', shape: ({ KV, D }) => [KV, D], start: 'normal' },
  o: { name: 'self_attn.o_proj.weight', gguf: 'attn_output.weight', shape: ({ D, Q }) => [D, Q], start: 'residual' },
  mlpNorm: { name: 'post_attention_layernorm.weight', gguf: 'ffn_norm.weight', shape: ({ D }) => [D], start: 1 },
  gate: { name: 'mlp.gate_proj.weight', gguf: 'ffn_gate.weight', shape: ({ F, D }) => [F, D], start: 'normal' },
  up: { name: 'mlp.up_proj.weight', gguf: 'ffn_up.weight', shape: ({ F, D }) => [F, D], start: 'normal' },
  down: { name: 'mlp.down_proj.weight', gguf: 'ffn_down.weight', shape: ({ D, F }) => [D, F], start: 'residual' },
} satisfies Record<string, Part>;

/** Biases of q, k and v: their chains start here. */
export const BIASES = {
  qBias: { name: 'self_attn.q_proj.bias', gguf: 'attn_q.bias', shape: ({ Q }) => [Q], start: 0 },
  kBias: { name: 'self_attn.k_proj.bias', gguf: 'attn_k.bias', shape: ({ KV }) => [KV], start: 0 },
  vBias: { name: 'self_attn.v_proj.bias', gguf: 'attn_v.bias', shape: ({ KV }) => [KV], start: 0 },
} satisfies Record<string, Part>;

/** Norms of each head of q and k, before the rotary embedding. */
export const HEAD_NORMS = {
  qNorm: { name: 'self_attn.q_norm.weight', gguf: 'attn_q_norm.weight', shape: ({ d }) => [d], start: 1 },
  kNorm: { name: 'self_attn.k_norm.weight', gguf: 'attn_k_norm.weight', shape: ({ d }) => [d], start: 1 },
} satisfies Record<string, Part>;

/** A value for each part of a layer; every architecture has the common parts. */
export type OfLayer<T> = Record<keyof typeof COMMON, T> &
  Partial<Record<keyof typeof BIASES | keyof typeof HEAD_NORMS, T>>;
