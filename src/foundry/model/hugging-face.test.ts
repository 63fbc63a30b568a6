// config.json, read and written, field by field; and the rotary frequencies of its scaling, by transformers' formula.

import { expect, test } from 'vitest';
import { type RopeScaling, ropeTable } from '../../engine/index.ts';
import {
  ARCHITECTURES,
  architectureOf,
  fromHuggingFace,
  type ModelConfig,
  parameterCount,
  toHuggingFace,
} from './index.ts';

/** Llama 3.2 1B's, without keys that nobody reads. */
const LLAMA = {
  architectures: ['LlamaForCausalLM'],
  attention_bias: false,
  attention_dropout: 0.0,
  bos_token_id: 128000,
  eos_token_id: [128001, 128008, 128009],
  head_dim: 64,
  hidden_act: 'silu',
  hidden_size: 2048,
  initializer_range: 0.02,
  intermediate_size: 8192,
  max_position_embeddings: 131072,
  mlp_bias: false,
  model_type: 'llama',
  num_attention_heads: 32,
  num_hidden_layers: 16,
  num_key_value_heads: 8,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    factor: 32.0,
    high_freq_factor: 4.0,
    low_freq_factor: 1.0,
    original_max_position_embeddings: 8192,
    rope_type: 'llama3',
  },
  rope_theta: 500000.0,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  use_cache: true,
  vocab_size: 128256,
};
const SCALING: RopeScaling = {
  type: 'llama3',
  factor: 32,
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalMaxPositionEmbeddings: 8192,
};
const CONFIG: ModelConfig = {
  vocabSize: 128256,
  hiddenSize: 2048,
  intermediateSize: 8192,
  numHiddenLayers: 16,
  numAttentionHeads: 32,
  numKeyValueHeads: 8,
  maxPositionEmbeddings: 131072,
  ropeTheta: 500000,
  ropeScaling: SCALING,
  rmsNormEps: 1e-5,
  initializerRange: 0.02,
  tieWordEmbeddings: true,
};

const read = (json: unknown) => fromHuggingFace(JSON.stringify(json), 'config.json');
const readWith = (other: Record<string, unknown>) => read({ ...LLAMA, ...other });

test('a current config, an older one, and ours', () => {
  expect(read(LLAMA)).toEqual(CONFIG);
  const { rope_scaling, rope_theta, ...rest } = LLAMA;
  expect(read({ ...rest, rope_parameters: { ...rope_scaling, rope_theta } })).toEqual(CONFIG);
  expect(read(toHuggingFace(CONFIG, 0))).toEqual(CONFIG);
  const { ropeScaling, ...plain } = CONFIG;
  expect(readWith({ rope_scaling: null })).toEqual(plain);
  expect(readWith({ rope_scaling: { rope_type: 'default' } })).toEqual(plain);
  expect(read(toHuggingFace(plain, 0))).toEqual(plain);
  expect(Object.keys(toHuggingFace(plain, 0))).not.toContain('rope_scaling');
  const linear: ModelConfig = { ...plain, ropeScaling: { type: 'linear', factor: 2.5 } };
  expect(readWith({ rope_scaling: { type: 'linear', factor: 2.5 } })).toEqual(linear);
  expect(read(toHuggingFace(linear, 0))).toEqual(linear);
});

test('a missing key has the default of transformers', () => {
  const { model_type, vocab_size, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads } = LLAMA;
  const short = { model_type, vocab_size, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads };
  expect(read({ ...short, max_position_embeddings: 2048, num_key_value_heads: null, head_dim: null })).toEqual({
    ...CONFIG,
    ropeScaling: undefined,
    numKeyValueHeads: 32,
    maxPositionEmbeddings: 2048,
    ropeTheta: 10000,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: false,
  });
});

test.each<[string, Record<string, unknown>]>([
  ['model_type', { model_type: 'gpt2' }],
  ['model_type', { model_type: ['llama'] }],
  ['hidden_act', { hidden_act: 'gelu' }],
  ['attention_bias', { attention_bias: true }],
  ['mlp_bias', { mlp_bias: true }],
  ['sliding_window', { sliding_window: 4096 }],
  ['layer_types', { layer_types: ['full_attention', 'sliding_attention'] }],
  ['quantization_config', { quantization_config: { bits: 4 } }],
  ['partial_rotary_factor', { partial_rotary_factor: 0.5 }],
  ['partial_rotary_factor', { rope_parameters: { partial_rotary_factor: 0.5 } }],
  ['rope_scaling', { rope_scaling: { rope_type: 'yarn', factor: 4 } }],
  ['rope_scaling', { rope_scaling: { type: 'dynamic', factor: 4 } }],
  ['rope_parameters', { rope_parameters: { rope_type: 'longrope' } }],
])('another architecture is refused by its %s', (field, other) => {
  expect(() => readWith(other)).toThrow(
    expect.objectContaining({ code: 'config-unsupported', message: expect.stringContaining(field) }),
  );
});

/** Qwen2.5 0.5B's and Qwen3 0.6B's, and the parameters that their cards state. */
const QWEN2 = {
  ...{ architectures: ['Qwen2ForCausalLM'], model_type: 'qwen2', hidden_act: 'silu', vocab_size: 151936 },
  ...{
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
  },
  ...{ max_position_embeddings: 32768, rope_theta: 1000000.0, rms_norm_eps: 1e-6, initializer_range: 0.02 },
  ...{ tie_word_embeddings: true, max_window_layers: 24, sliding_window: 32768, use_sliding_window: false },
};
const QWEN3 = {
  ...{
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    hidden_act: 'silu',
    vocab_size: 151936,
    head_dim: 128,
  },
  ...{
    hidden_size: 1024,
    intermediate_size: 3072,
    num_hidden_layers: 28,
    num_attention_heads: 16,
    num_key_value_heads: 8,
  },
  ...{ max_position_embeddings: 40960, rope_theta: 1000000, rms_norm_eps: 1e-6, initializer_range: 0.02 },
  ...{ tie_word_embeddings: true, rope_scaling: null, max_window_layers: 28, sliding_window: null },
  ...{ attention_bias: false, use_sliding_window: false },
};

const PUBLISHED = [
  ['llama', LLAMA, undefined, 1_235_814_400],
  ['qwen2', QWEN2, undefined, 494_032_768],
  ['qwen3', QWEN3, 128, 596_049_920],
] as const;

test('PUBLISHED has a model of every architecture', () => {
  expect(PUBLISHED.map(([architecture]) => architecture)).toEqual([...ARCHITECTURES.keys()]);
});

test.each(PUBLISHED)(
  '%s is read, with its published number of parameters, and written again',
  (architecture, json, size, count) => {
    const config = fromHuggingFace(JSON.stringify(json), 'config.json');
    expect(architectureOf(config).name).toBe(architecture);
    expect(config.headDim).toBe(size);
    expect(parameterCount(config)).toBe(count);
    const written = toHuggingFace(config, 0);
    expect(fromHuggingFace(JSON.stringify(written), 'config.json')).toEqual(config);
    expect(written).toMatchObject({ architectures: json.architectures, head_dim: size ?? 64 });
  },
);

test.each([
  ['a sliding window', QWEN2, { use_sliding_window: true }],
  ['a sliding window', QWEN3, { use_sliding_window: true }],
  ['biases in Qwen3', QWEN3, { attention_bias: true }],
])('%s is refused', (_, json, other) => {
  expect(() => fromHuggingFace(JSON.stringify({ ...json, ...other }), 'config.json')).toThrow(
    expect.objectContaining({ code: 'config-unsupported' }),
  );
});

const llama3 = (other: Record<string, unknown>) => ({ rope_scaling: { ...LLAMA.rope_scaling, ...other } });

test.each<[string, Record<string, unknown>]>([
  ['vocab_size', { vocab_size: 0 }],
  ['hidden_size', { hidden_size: 1e9 }],
  ['hidden_size', { hidden_size: 2047, head_dim: undefined }],
  ['head_dim', { head_dim: 127 }],
  ['head_dim', { head_dim: '128' }],
  ['num_key_value_heads', { num_key_value_heads: 5 }],
  ['num_hidden_layers', { num_hidden_layers: 1.5 }],
  ['intermediate_size', { intermediate_size: '8192' }],
  ['max_position_embeddings', { max_position_embeddings: null }],
  ['rope_theta', { rope_theta: 0 }],
  ['rms_norm_eps', { rms_norm_eps: 0 }],
  ['tie_word_embeddings', { tie_word_embeddings: 'true' }],
  ['rope_scaling', { rope_scaling: 'llama3' }],
  ['rope_scaling', { rope_scaling: [] }],
  ['factor', llama3({ factor: 0 })],
  ['factor', llama3({ factor: undefined })],
  ['low_freq_factor', llama3({ low_freq_factor: 4 })],
  ['high_freq_factor', llama3({ high_freq_factor: '4' })],
  ['original_max_position_embeddings', llama3({ original_max_position_embeddings: 0.5 })],
])('a broken %s is named', (field, other) => {
  expect(() => readWith(other)).toThrow(
    expect.objectContaining({ code: 'config-broken', message: expect.stringContaining(field) }),
  );
});

/** Frequencies as transformers computes them, by wave lengths. */
function frequencies(d: number, theta: number, scaling: RopeScaling) {
  return Array.from({ length: d / 2 }, (_, i) => {
    const frequency = 1 / theta ** ((2 * i) / d);
    if (scaling.type === 'linear') return frequency / scaling.factor;
    const wavelength = (2 * Math.PI) / frequency;
    const context = scaling.originalMaxPositionEmbeddings;
    if (wavelength < context / scaling.highFreqFactor) return frequency;
    if (wavelength > context / scaling.lowFreqFactor) return frequency / scaling.factor;
    const smooth = (context / wavelength - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
    return ((1 - smooth) * frequency) / scaling.factor + smooth * frequency;
  });
}

test.each<RopeScaling>([SCALING, { type: 'linear', factor: 4 }])('rotary table of $type', (scaling) => {
  const [T, d, theta] = [3000, 64, 500000];
  const { cos, sin } = ropeTable(T, d, theta, scaling);
  const wanted = frequencies(d, theta, scaling);
  const plain = frequencies(d, theta, { type: 'linear', factor: 1 });
  for (let i = 0; i < d / 2; i++) {
    for (const t of [0, 1, 17, 2999]) {
      expect(cos[t * 32 + i]).toBeCloseTo(Math.cos(t * wanted[i]), 6);
      expect(sin[t * 32 + i]).toBeCloseTo(Math.sin(t * wanted[i]), 6);
    }
  }
  // All three kinds of waves are there.
  const kinds = new Set(wanted.map((f, i) => (f === plain[i] ? 'kept' : f === plain[i] / 32 ? 'divided' : 'between')));
  expect(kinds.size).toBe(scaling.type === 'llama3' ? 3 : 1);
});

test('a factor of 1 changes no bit', () => {
  expect(ropeTable(100, 64, 10000, { type: 'linear', factor: 1 })).toEqual(ropeTable(100, 64, 10000));
  expect(ropeTable(100, 64, 10000, { ...SCALING, factor: 1 })).toEqual(ropeTable(100, 64, 10000));
});
