// The model's shape as Hugging Face's config.json says it, both ways. A config that somebody hands us is checked field by field.

import { JikjiError } from '../../base/index.ts';
import type { ModelConfig } from './config.ts';

/** config.json of a Llama model in Hugging Face's words. */
export function toHuggingFace(c: ModelConfig, endOfText: number): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: c.vocabSize,
    hidden_size: c.hiddenSize,
    intermediate_size: c.intermediateSize,
    num_hidden_layers: c.numHiddenLayers,
    num_attention_heads: c.numAttentionHeads,
    num_key_value_heads: c.numKeyValueHeads,
    head_dim: c.hiddenSize / c.numAttentionHeads,
    max_position_embeddings: c.maxPositionEmbeddings,
    rope_theta: c.ropeTheta,
    rms_norm_eps: c.rmsNormEps,
    initializer_range: c.initializerRange,
    tie_word_embeddings: c.tieWordEmbeddings,
    hidden_act: 'silu',
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: endOfText,
    eos_token_id: endOfText,
    torch_dtype: 'float32',
  };
}

/**
 * Reads a config.json.
 * @throws JikjiError `config-broken` or `config-unsupported`, naming the field
 */
export function fromHuggingFace(text: string, path: string): ModelConfig {
  const fail = (what: string) => new JikjiError('config-broken', what, path, 'take the file anew from its source');
  const unsupported = (what: string) =>
    new JikjiError('config-unsupported', what, path, 'only models of the Llama architecture can be used');
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail('is not JSON');
  }
  if (typeof json !== 'object' || json === null) throw fail('is not a JSON object');
  if (json.model_type !== 'llama') throw unsupported(`model_type is ${JSON.stringify(json.model_type)}, not "llama"`);
  const whole = (key: string, most: number, fallback?: number): number => {
    const value = json[key] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > most) {
      throw fail(`${key} must be a whole number from 1 to ${most}`);
    }
    return value as number;
  };
  const positive = (key: string, fallback: number): number => {
    const value = json[key] ?? fallback;
    if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value)) throw fail(`${key} must be above 0`);
    return value;
  };
  const rope = (json.rope_parameters ?? json.rope_scaling) as Record<string, unknown> | null | undefined;
  const ropeType = rope?.rope_type ?? rope?.type ?? 'default';
  if (ropeType !== 'default') throw unsupported(`rotary embeddings of type ${JSON.stringify(ropeType)}`);
  if (json.attention_bias === true || json.mlp_bias === true) throw unsupported('biases');
  if ((json.hidden_act ?? 'silu') !== 'silu') throw unsupported(`hidden_act ${JSON.stringify(json.hidden_act)}`);
  const hiddenSize = whole('hidden_size', 1 << 16);
  const numAttentionHeads = whole('num_attention_heads', 1 << 10);
  const config: ModelConfig = {
    vocabSize: whole('vocab_size', 1 << 22),
    hiddenSize,
    intermediateSize: whole('intermediate_size', 1 << 18),
    numHiddenLayers: whole('num_hidden_layers', 1 << 10),
    numAttentionHeads,
    numKeyValueHeads: whole('num_key_value_heads', 1 << 10, numAttentionHeads),
    maxPositionEmbeddings: whole('max_position_embeddings', 1 << 24),
    ropeTheta: positive('rope_theta', typeof rope?.rope_theta === 'number' ? rope.rope_theta : 10000),
    rmsNormEps: positive('rms_norm_eps', 1e-6),
    initializerRange: positive('initializer_range', 0.02),
    tieWordEmbeddings: json.tie_word_embeddings === true,
  };
  const headSize = hiddenSize / numAttentionHeads;
  if (!Number.isInteger(headSize / 2)) throw fail(`${numAttentionHeads} heads do not divide hidden_size ${hiddenSize}`);
  if ((json.head_dim ?? headSize) !== headSize) throw unsupported(`head_dim ${json.head_dim} beside ${headSize}`);
  if (numAttentionHeads % config.numKeyValueHeads !== 0) {
    throw fail(`num_key_value_heads ${config.numKeyValueHeads} does not divide ${numAttentionHeads}`);
  }
  return config;
}
