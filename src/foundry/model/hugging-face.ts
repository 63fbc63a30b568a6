// The shape of a model as Hugging Face's config.json, written and read. A config.json from outside is checked field by field.

import { isObject, JikjiError, parseJson, shownValue } from '../../base/index.ts';
import type { RopeScaling } from '../../engine/index.ts';
import { ARCHITECTURES, type Architecture, architectureOf } from './architectures/index.ts';
import { headDim, type ModelConfig } from './config.ts';

const MAX_POSITIONS = 1 << 24;

/** The contents of config.json, with the ids that begin and end a text. */
export function toHuggingFace(c: ModelConfig, bos: number, eos = bos): Record<string, unknown> {
  const { name, className, fields } = architectureOf(c);
  return {
    architectures: [className],
    model_type: name,
    vocab_size: c.vocabSize,
    hidden_size: c.hiddenSize,
    intermediate_size: c.intermediateSize,
    num_hidden_layers: c.numHiddenLayers,
    num_attention_heads: c.numAttentionHeads,
    num_key_value_heads: c.numKeyValueHeads,
    head_dim: headDim(c),
    max_position_embeddings: c.maxPositionEmbeddings,
    rope_theta: c.ropeTheta,
    ...(c.ropeScaling && { rope_scaling: scalingToHuggingFace(c.ropeScaling) }),
    rms_norm_eps: c.rmsNormEps,
    initializer_range: c.initializerRange,
    tie_word_embeddings: c.tieWordEmbeddings,
    hidden_act: 'silu',
    ...fields,
    bos_token_id: bos,
    eos_token_id: eos,
    torch_dtype: 'float32',
  };
}

function scalingToHuggingFace(scaling: RopeScaling): Record<string, unknown> {
  if (scaling.type === 'linear') return { rope_type: 'linear', factor: scaling.factor };
  return {
    rope_type: 'llama3',
    factor: scaling.factor,
    low_freq_factor: scaling.lowFreqFactor,
    high_freq_factor: scaling.highFreqFactor,
    original_max_position_embeddings: scaling.originalMaxPositionEmbeddings,
  };
}

type Fields = Record<string, unknown>;

interface Range {
  min: number;
  max: number;
  fallback?: number;
}

/** Factors of frequencies. */
const FREQUENCY: Range = { min: 1e-6, max: 1e6 };
const SCALING: Range = { min: 1, max: 1e6 };

const KNOWN = [...ARCHITECTURES.values()].map(({ title }) => title).join(', ');

/** Like `fixed` of an architecture, for all of them. */
const FIXED: Architecture['fixed'] = [
  ['hidden_act', 'silu', 'swish', undefined],
  ['partial_rotary_factor', 1, null, undefined],
  ['quantization_config', null, undefined],
  ['is_encoder_decoder', false, null, undefined],
];

/**
 * Reads a config.json.
 * @throws JikjiError `config-broken` or `config-unsupported`, naming the field
 */
export function fromHuggingFace(text: string, path: string): ModelConfig {
  const fail = (message: string) =>
    new JikjiError('config-broken', message, path, 'download the file again from its source');
  const unsupported = (message: string) =>
    new JikjiError('config-unsupported', message, path, `models of these architectures can be used: ${KNOWN}`);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch {
    throw fail('is not JSON');
  }
  if (!isObject(json)) throw fail('is not a JSON object');
  const whole = (of: Fields, key: string, max: number, fallback?: number): number => {
    const value = of[key] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > max) {
      throw fail(`${key} must be a whole number from 1 to ${max}`);
    }
    return value as number;
  };
  const positive = (of: Fields, key: string, { min, max, fallback }: Range): number => {
    const value = of[key] ?? fallback;
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw fail(`${key} must be a number ${min === Number.MIN_VALUE ? 'above 0, up' : `from ${min}`} to ${max}`);
    }
    return value;
  };

  const architecture = typeof json.model_type === 'string' ? ARCHITECTURES.get(json.model_type) : undefined;
  if (!architecture) throw unsupported(`model_type is ${shownValue(json.model_type)}`);
  for (const [key, ...values] of [...FIXED, ...architecture.fixed]) {
    if (!values.includes(json[key]))
      throw unsupported(key in json ? `${key} is ${shownValue(json[key])}` : `${key} is missing`);
  }
  if (Array.isArray(json.layer_types) && json.layer_types.some((type) => type !== 'full_attention')) {
    throw unsupported('layer_types has types other than "full_attention"');
  }
  const hiddenSize = whole(json, 'hidden_size', 1 << 16);
  const numAttentionHeads = whole(json, 'num_attention_heads', 1 << 10);
  const numKeyValueHeads = whole(json, 'num_key_value_heads', 1 << 10, numAttentionHeads);
  const maxPositionEmbeddings = whole(json, 'max_position_embeddings', MAX_POSITIONS);
  const evenShare = hiddenSize / numAttentionHeads;
  const headSize = json.head_dim == null ? evenShare : whole(json, 'head_dim', 1 << 12);
  if (!Number.isInteger(headSize / 2)) {
    throw fail(
      json.head_dim == null
        ? `${numAttentionHeads} heads do not divide hidden_size ${hiddenSize} into an even size`
        : `head_dim is ${headSize}, which is odd`,
    );
  }
  if (numAttentionHeads % numKeyValueHeads !== 0) {
    throw fail(`num_key_value_heads ${numKeyValueHeads} does not divide ${numAttentionHeads}`);
  }
  const tied = json.tie_word_embeddings ?? false;
  if (typeof tied !== 'boolean') throw fail('tie_word_embeddings must be true or false');

  // Older files have rope_scaling beside rope_theta, newer ones both in rope_parameters.
  const ropeKey = json.rope_parameters == null ? 'rope_scaling' : 'rope_parameters';
  const rope = json[ropeKey] ?? {};
  if (!isObject(rope)) throw fail(`${ropeKey} must be an object`);
  if ((rope.partial_rotary_factor ?? 1) !== 1) {
    throw unsupported(`${ropeKey}.partial_rotary_factor is ${shownValue(rope.partial_rotary_factor)}`);
  }
  const scaling = (): RopeScaling | undefined => {
    const type = rope.rope_type ?? rope.type ?? 'default';
    if (type === 'default') return undefined;
    if (type === 'linear') return { type, factor: positive(rope, 'factor', SCALING) };
    if (type !== 'llama3') throw unsupported(`${ropeKey} is of type ${shownValue(type)}`);
    const lowFreqFactor = positive(rope, 'low_freq_factor', FREQUENCY);
    const highFreqFactor = positive(rope, 'high_freq_factor', FREQUENCY);
    if (!(lowFreqFactor < highFreqFactor)) throw fail('low_freq_factor must be below high_freq_factor');
    return {
      type,
      factor: positive(rope, 'factor', SCALING),
      lowFreqFactor,
      highFreqFactor,
      originalMaxPositionEmbeddings: whole(rope, 'original_max_position_embeddings', MAX_POSITIONS),
    };
  };
  const ropeScaling = scaling();
  return {
    ...(architecture.name !== 'llama' && { architecture: architecture.name }),
    vocabSize: whole(json, 'vocab_size', 1 << 22),
    hiddenSize,
    intermediateSize: whole(json, 'intermediate_size', 1 << 18),
    numHiddenLayers: whole(json, 'num_hidden_layers', 1 << 10),
    numAttentionHeads,
    numKeyValueHeads,
    ...(headSize !== evenShare && { headDim: headSize }),
    maxPositionEmbeddings,
    ropeTheta: positive(json.rope_theta == null ? rope : json, 'rope_theta', { min: 1, max: 1e12, fallback: 10000 }),
    ...(ropeScaling && { ropeScaling }),
    rmsNormEps: positive(json, 'rms_norm_eps', { min: Number.MIN_VALUE, max: 1, fallback: 1e-6 }),
    initializerRange: positive(json, 'initializer_range', { min: Number.MIN_VALUE, max: 1e3, fallback: 0.02 }),
    tieWordEmbeddings: tied,
  };
}
