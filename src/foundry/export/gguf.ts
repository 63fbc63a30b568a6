// Describes a model for llama.cpp: names, metadata, and the rows of queries and keys in the order of its rotary embedding.
// Knows neither the bytes of GGUF nor files.

import { JikjiError } from '../../base/index.ts';
import { elementsOf, type RopeScaling } from '../../engine/index.ts';
import type { GgufInput, GgufTensorType, GgufValue } from '../../formats/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { MAX_TOKENIZER, type Model } from '../load/index.ts';
import { architectureOf, ggufName, headDim, type ModelConfig, parameters, rotaryRow } from '../model/index.ts';
import { Tokenizer, toGgufTokenizer, tokenizerText, UNUSED_TOKEN, unusedToken } from '../tokenizer/index.ts';

/** Types of the exported matrices; vectors (norms) stay float32. */
const GGUF_TYPES = { f32: 'F32', f16: 'F16', q8_0: 'Q8_0' } as const;
export type GgufName = keyof typeof GGUF_TYPES;

/** llama.cpp's numbers: LLAMA_FTYPE_ALL_F32, _MOSTLY_F16, _MOSTLY_Q8_0. */
const FILE_TYPE = { f32: 0, f16: 1, q8_0: 7 };
/** GGML_QNT_VERSION. */
const QUANTIZATION_VERSION = 2;
/** Elements that are converted at once. */
const PIECE = 1 << 20;

export interface GgufModel {
  metadata: [string, GgufValue][];
  tensors: GgufInput[];
  /** Tensors that are F16, because Q8_0 does not fit their rows. */
  unquantized: string[];
}

/**
 * Describes a model for GGUF. Each tensor is read only when its values are requested.
 * @throws JikjiError `tokenizer-unsupported`, `gguf-unsupported`; while the values are read `weights-too-large`
 */
export function toGguf(model: Model, type: GgufName, name: string, license: string | undefined): GgufModel {
  const { config } = model;
  const { turnsNeighbours } = architectureOf(config);
  checkKnown(model);
  const largest = Math.max(...parameters(config).map((p) => elementsOf(p.shape)));
  const unquantized: string[] = [];
  let buffer: Float32Array | undefined;
  const tensors = parameters(config).map(({ name, shape }): GgufInput => {
    const vector = shape.length === 1;
    let stored: GgufTensorType = vector ? 'F32' : GGUF_TYPES[type];
    if (stored === 'Q8_0' && shape.at(-1)! % 32 !== 0) {
      stored = 'F16';
      unquantized.push(ggufName(name, config));
    }
    const rotary = turnsNeighbours && /\.self_attn\.[qk]_proj\.weight$/.test(name);
    return {
      name: ggufName(name, config),
      type: stored,
      shape,
      *values() {
        buffer ??= new Float32Array(largest);
        const weights = buffer.subarray(0, elementsOf(shape));
        model.read(name, weights);
        const columns = shape.at(-1)!;
        for (const piece of pieces(weights, columns, rotary ? headDim(config) : 0)) {
          checkRange(piece, stored, name);
          yield piece;
        }
      },
    };
  });
  if (config.ropeScaling?.type === 'llama3') {
    const divisors = rotaryDivisors(config, config.ropeScaling);
    tensors.push({ name: 'rope_freqs.weight', type: 'F32', shape: [divisors.length], values: () => [divisors] });
  }
  return { metadata: metadataOf(model, type, name, license), tensors, unquantized };
}

/** @throws JikjiError `gguf-unsupported` for a model that llama.cpp cannot read, or would read differently */
function checkKnown({ config, folder }: Model): void {
  const { title, turnsNeighbours, ggufHeadDim } = architectureOf(config);
  const unsupported = (what: string) => new JikjiError('gguf-unsupported', what, folder, 'use --to hf');
  if (config.ropeScaling?.type === 'llama3' && !turnsNeighbours)
    throw unsupported(`llama.cpp supports Llama 3's scaling of rotary frequencies in Llama, not in ${title}`);
  const { numAttentionHeads: heads, hiddenSize } = config;
  if (heads * headDim(config) !== hiddenSize && !ggufHeadDim)
    throw unsupported(`llama.cpp reads ${title} only with a head size of hidden_size / num_attention_heads`);
}

/** llama.cpp's divisors of the rotary frequencies for Llama 3's scaling (transformers, modeling_rope_utils.py). */
function rotaryDivisors(c: ModelConfig, scaling: Extract<RopeScaling, { type: 'llama3' }>): Float32Array {
  const { factor, lowFreqFactor: low, highFreqFactor: high, originalMaxPositionEmbeddings: context } = scaling;
  const d = headDim(c);
  return Float32Array.from({ length: d / 2 }, (_, i) => {
    const waves = (context * c.ropeTheta ** (-(2 * i) / d)) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (waves - low) / (high - low)));
    return 1 / ((1 - kept) / factor + kept);
  });
}

/** Whole rows in pieces of about `PIECE` elements; in llama.cpp's order of rows if `d` is not 0. */
function* pieces(weights: Float32Array, columns: number, d: number): Generator<Float32Array> {
  const rows = weights.length / columns;
  const step = Math.max(1, Math.floor(PIECE / columns));
  for (let first = 0; first < rows; first += step) {
    const end = Math.min(rows, first + step);
    if (d === 0) {
      yield weights.subarray(first * columns, end * columns);
      continue;
    }
    const piece = new Float32Array((end - first) * columns);
    for (let r = first; r < end; r++) {
      const from = rotaryRow(r, d) * columns;
      piece.set(weights.subarray(from, from + columns), (r - first) * columns);
    }
    yield piece;
  }
}

/** The smallest magnitudes that overflow to infinity: half a unit beyond 65504 for F16, 127 times that for Q8_0, whose scale is F16. */
const OVERFLOW = { F32: Infinity, F16: 65520, BF16: Infinity, Q8_0: 65520 * 127 };

function checkRange(values: Float32Array, type: GgufTensorType, name: string): void {
  if (type === 'F32') return;
  const overflow = values.find((value) => !(Math.abs(value) < OVERFLOW[type]));
  if (overflow === undefined) return;
  const message = `contains ${overflow}, which ${type} cannot represent`;
  throw new JikjiError('weights-too-large', message, name, 'use --type f32');
}

const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
const float32 = (value: number): GgufValue => ({ type: 'float32', value });
const string = (value: string): GgufValue => ({ type: 'string', value });

/** An entry if it has a value, else none. */
const optional = (key: string, value: GgufValue | undefined): [string, GgufValue][] =>
  value === undefined ? [] : [[key, value]];

function metadataOf(model: Model, type: GgufName, name: string, license: string | undefined): [string, GgufValue][] {
  const c = model.config;
  const { name: ours, ggufArchitecture: architecture = ours } = architectureOf(c);
  const linear = c.ropeScaling?.type === 'linear' ? c.ropeScaling : undefined;
  return [
    ['general.architecture', string(architecture)],
    ['general.type', string('model')],
    ['general.name', string(name)],
    ...optional('general.license', license === undefined ? undefined : string(license)),
    ['general.file_type', uint32(FILE_TYPE[type])],
    ['general.quantization_version', uint32(QUANTIZATION_VERSION)],
    [`${architecture}.vocab_size`, uint32(c.vocabSize)],
    [`${architecture}.context_length`, uint32(c.maxPositionEmbeddings)],
    [`${architecture}.embedding_length`, uint32(c.hiddenSize)],
    [`${architecture}.block_count`, uint32(c.numHiddenLayers)],
    [`${architecture}.feed_forward_length`, uint32(c.intermediateSize)],
    [`${architecture}.attention.head_count`, uint32(c.numAttentionHeads)],
    [`${architecture}.attention.head_count_kv`, uint32(c.numKeyValueHeads)],
    [`${architecture}.attention.key_length`, uint32(headDim(c))],
    [`${architecture}.attention.value_length`, uint32(headDim(c))],
    [`${architecture}.attention.layer_norm_rms_epsilon`, float32(c.rmsNormEps)],
    [`${architecture}.rope.dimension_count`, uint32(headDim(c))],
    [`${architecture}.rope.freq_base`, float32(c.ropeTheta)],
    ...optional(`${architecture}.rope.scaling.type`, linear && string('linear')),
    ...optional(`${architecture}.rope.scaling.factor`, linear && float32(linear.factor)),
    ...tokenizerMetadata(model, c),
  ];
}

/** @throws JikjiError `tokenizer-unsupported` */
function tokenizerMetadata({ tokenizer, files, run, ...model }: Model, c: ModelConfig): [string, GgufValue][] {
  const { prefixId, endIds } = tokenizer;
  const json =
    tokenizer instanceof Tokenizer
      ? tokenizer.toJson()
      : (files?.text('tokenizer.json', MAX_TOKENIZER) ?? tokenizerText(runPaths(run!).tokenizer));
  const { kind, split, merges, scores, hasPrefix, ...of } = toGgufTokenizer(json, model.folder);
  const [tokens, types] = [[...of.tokens], [...of.types]];
  for (let id = tokens.length; id < c.vocabSize; id++) {
    tokens.push(unusedToken(id));
    types.push(UNUSED_TOKEN);
  }
  const named = tokens.indexOf(model.eosToken ?? '');
  const end = named >= 0 ? named : ([...endIds][0] ?? prefixId);
  // llama.cpp has one token more that ends a turn.
  const [turn, ...more] = [...endIds].filter((id) => id !== end);
  const endsTurn = model.chatTemplate !== undefined && turn !== undefined && more.length === 0;
  return [
    ['tokenizer.ggml.model', string(kind)],
    ...optional('tokenizer.ggml.pre', split === undefined ? undefined : string(split)),
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: types }],
    ...(kind === 'llama'
      ? sentencePieceMetadata(scores, { count: tokens.length, hasPrefix })
      : [['tokenizer.ggml.merges', { type: 'array', of: 'string', value: [...merges] }] as [string, GgufValue]]),
    ['tokenizer.ggml.bos_token_id', uint32(prefixId)],
    ['tokenizer.ggml.eos_token_id', uint32(end)],
    ...optional('tokenizer.ggml.eot_token_id', endsTurn ? uint32(turn) : undefined),
    // A document begins after the prefix token, in training and here.
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: true }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: false }],
    ...optional('tokenizer.chat_template', model.chatTemplate === undefined ? undefined : string(model.chatTemplate)),
  ];
}

function sentencePieceMetadata(
  scores: readonly number[],
  { count, hasPrefix }: { count: number; hasPrefix: boolean },
): [string, GgufValue][] {
  const value = Array.from({ length: count }, (_, id) => scores[id] ?? 0);
  return [
    ['tokenizer.ggml.scores', { type: 'array', of: 'float32', value }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: hasPrefix }],
  ];
}
