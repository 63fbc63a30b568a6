// A GGUF file as a Hugging Face folder would have it: its metadata as config.json and tokenizer files, its tensors by Hugging Face's names.

import { basename } from 'node:path';
import { JikjiError, shownName } from '../../base/index.ts';
import { Q8 } from '../../engine/index.ts';
import { Gguf, type GgufValue } from '../../formats/index.ts';
import {
  ARCHITECTURES,
  architectureOf,
  EMBEDDING,
  ggufName,
  HEAD,
  headDim,
  type ModelConfig,
  parameters,
  rotaryPlace,
} from '../model/index.ts';
import { ggufTokenizerJson } from '../tokenizer/index.ts';
import type { ModelFiles } from './model-files.ts';
import type { Weights } from './weights.ts';

const AGAIN = 'get the file again from its source';
const ROTARY_FACTORS = 'rope_freqs.weight';

/** Opens a GGUF file. The caller closes it by its weights. @throws JikjiError `gguf-broken`, `gguf-unsupported`, `file-missing` */
export function openGguf(path: string): { files: ModelFiles; weights(config: ModelConfig): Weights; close(): void } {
  const gguf = Gguf.open(path);
  const texts = new Map<string, () => string>([
    ['config.json', () => configJson(gguf)],
    ['tokenizer.json', () => tokenizerJson(gguf)],
    ['tokenizer_config.json', () => tokenizerConfigJson(gguf)],
  ]);
  return {
    files: { path: () => path, text: (name) => texts.get(name)?.() },
    weights: (config) => new GgufWeights(gguf, config),
    close: () => gguf.close(),
  };
}

const broken = (gguf: Gguf, what: string) => new JikjiError('gguf-broken', what, gguf.path, AGAIN);
const unsupported = (gguf: Gguf, what: string) =>
  new JikjiError(
    'gguf-unsupported',
    what,
    gguf.path,
    `models of these architectures can be used: ${[...ARCHITECTURES.keys()].join(', ')}`,
  );

type Type = GgufValue['type'];

/** A value of one of these types; undefined where there is none. */
function metadataOf<T>(gguf: Gguf, key: string, types: readonly Type[]): T | undefined {
  const found = gguf.metadata.get(key);
  if (found === undefined) return undefined;
  if (!types.includes(found.type)) throw broken(gguf, `${key} is of type ${found.type}`);
  return found.value as T;
}

const WHOLE: readonly Type[] = ['uint8', 'uint16', 'uint32', 'int32'];
const numberOf = (gguf: Gguf, key: string) => metadataOf<number>(gguf, key, [...WHOLE, 'float32', 'float64']);
const textOf = (gguf: Gguf, key: string) => metadataOf<string>(gguf, key, ['string']);
const flagOf = (gguf: Gguf, key: string) => metadataOf<boolean>(gguf, key, ['bool']);

function listOf<T>(gguf: Gguf, key: string, types: readonly Type[]): T[] {
  const found = gguf.metadata.get(key);
  if (found === undefined) return [];
  if (found.type !== 'array' || !types.includes(found.of))
    throw broken(gguf, `${key} is not a list of ${types.join(' or ')}`);
  return found.value as T[];
}

/** The architecture by its name in GGUF. */
function architectureIn(gguf: Gguf) {
  const name = textOf(gguf, 'general.architecture');
  const found = [...ARCHITECTURES.values()].find((one) => (one.ggufArchitecture ?? one.name) === name);
  if (!found || name === undefined) throw unsupported(gguf, `general.architecture is ${shownName(name ?? 'missing')}`);
  return { architecture: found, prefix: name };
}

/** config.json: what it may not say is checked by its reader. */
function configJson(gguf: Gguf): string {
  const { architecture, prefix } = architectureIn(gguf);
  const of = (key: string) => numberOf(gguf, `${prefix}.${key}`);
  for (const key of ['expert_count', 'attention.sliding_window']) {
    if ((of(key) ?? 0) !== 0) throw unsupported(gguf, `${prefix}.${key} is ${of(key)}`);
  }
  const [hidden, heads] = [of('embedding_length'), of('attention.head_count')];
  const size = of('attention.key_length') ?? (hidden ?? Number.NaN) / (heads ?? Number.NaN);
  for (const key of ['attention.value_length', 'rope.dimension_count']) {
    if ((of(key) ?? size) !== size)
      throw unsupported(gguf, `${prefix}.${key} is ${of(key)}, not the size of a head, ${size}`);
  }
  if (gguf.tensors.has(ROTARY_FACTORS)) throw unsupported(gguf, `${ROTARY_FACTORS} scales the rotary frequencies`);
  const scaling = textOf(gguf, `${prefix}.rope.scaling.type`) ?? 'none';
  if (scaling !== 'none' && scaling !== 'linear')
    throw unsupported(gguf, `${prefix}.rope.scaling.type is ${shownName(scaling)}`);
  return JSON.stringify({
    ...architecture.fields,
    model_type: architecture.name,
    hidden_act: 'silu',
    vocab_size: gguf.tensors.get('token_embd.weight')?.shape[0],
    hidden_size: hidden,
    intermediate_size: of('feed_forward_length'),
    num_hidden_layers: of('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: of('attention.head_count_kv') ?? heads,
    head_dim: size,
    max_position_embeddings: of('context_length'),
    rms_norm_eps: of('attention.layer_norm_rms_epsilon'),
    rope_theta: of('rope.freq_base') ?? 10_000,
    ...(scaling === 'linear' && { rope_scaling: { rope_type: 'linear', factor: of('rope.scaling.factor') } }),
    tie_word_embeddings: !gguf.tensors.has('output.weight'),
  });
}

const tokensOf = (gguf: Gguf) => listOf<string>(gguf, 'tokenizer.ggml.tokens', ['string']);

function tokenizerJson(gguf: Gguf): string {
  const kind = textOf(gguf, 'tokenizer.ggml.model');
  if (kind === undefined) throw broken(gguf, 'tokenizer.ggml.model is missing');
  const tokens = tokensOf(gguf);
  return ggufTokenizerJson(
    {
      kind,
      split: textOf(gguf, 'tokenizer.ggml.pre'),
      tokens,
      types: listOf<number>(gguf, 'tokenizer.ggml.token_type', ['int32', 'uint32']),
      merges: listOf<string>(gguf, 'tokenizer.ggml.merges', ['string']),
      scores: listOf<number>(gguf, 'tokenizer.ggml.scores', ['float32']),
      hasPrefix: flagOf(gguf, 'tokenizer.ggml.add_space_prefix') ?? true,
    },
    gguf.path,
  );
}

function tokenizerConfigJson(gguf: Gguf): string {
  const tokens = tokensOf(gguf);
  const tokenAt = (key: string): string | undefined => {
    const id = numberOf(gguf, `tokenizer.ggml.${key}`);
    if (id === undefined) return undefined;
    const token = tokens[id];
    if (token === undefined)
      throw broken(gguf, `tokenizer.ggml.${key} is ${id}, and there are ${tokens.length} tokens`);
    return token;
  };
  const template = textOf(gguf, 'tokenizer.chat_template');
  return JSON.stringify({
    bos_token: tokenAt('bos_token_id'),
    eos_token: tokenAt('eos_token_id') ?? tokenAt('eot_token_id'),
    chat_template: template,
  });
}

/** The tensors of a GGUF file by Hugging Face's names, with the rows of queries and keys in its order. */
class GgufWeights implements Weights {
  readonly tensors: Weights['tensors'];
  readonly files: Weights['files'];
  readonly q8: NonNullable<Weights['q8']>;
  readonly #gguf: Gguf;
  readonly #config: ModelConfig;
  /** GGUF's name by Hugging Face's. */
  readonly #names = new Map<string, string>();

  constructor(gguf: Gguf, config: ModelConfig) {
    this.#gguf = gguf;
    this.#config = config;
    const file = basename(gguf.path);
    this.files = [{ name: file, path: gguf.path, size: gguf.size }];
    for (const name of [...parameters(config).map((one) => one.name), EMBEDDING, HEAD])
      this.#names.set(name, ggufName(name, config));
    const own = new Map([...this.#names].map(([name, theirs]) => [theirs, name]));
    this.tensors = new Map(
      [...gguf.tensors].map(([theirs, { type, shape, at, byteLength }]) => [
        own.get(theirs) ?? theirs,
        { dtype: type, shape, at, byteLength, file },
      ]),
    );
    const isBytes = ([, { dtype, shape }]: [string, { dtype: string; shape: number[] }]) =>
      dtype === 'Q8_0' && shape.length === 2;
    this.q8 = {
      names: new Set([...this.tensors].filter(isBytes).map(([name]) => name)),
      read: (name, first, blocks) => this.#readBlocks(name, first, blocks),
    };
  }

  readFloats(name: string, target: Float32Array, offset = 0): void {
    this.#inOurOrder(name, { offset, length: target.length }, (theirs, at, from, count) =>
      this.#gguf.read(theirs, target.subarray(at, at + count), from),
    );
  }

  #readBlocks(name: string, first: number, blocks: Uint8Array): void {
    const columns = this.tensors.get(name)!.shape[1];
    const bytesOf = (count: number) => (count / Q8.block) * Q8.bytes;
    const length = (blocks.length / Q8.bytes) * Q8.block;
    this.#inOurOrder(name, { offset: first * columns, length }, (theirs, at, from, count) =>
      this.#gguf.readBlocks(theirs, blocks.subarray(bytesOf(at), bytesOf(at + count)), from),
    );
  }

  /** Calls `read` for pieces of a range: name and first element in the file, `count` elements, their place `at` in the range. */
  #inOurOrder(
    name: string,
    { offset, length }: { offset: number; length: number },
    read: (theirs: string, at: number, from: number, count: number) => void,
  ): void {
    const theirs = this.#names.get(name);
    if (theirs === undefined) throw new Error(`no tensor ${name}`);
    const { turnsNeighbours } = architectureOf(this.#config);
    if (!turnsNeighbours || !/\.self_attn\.[qk]_proj\.weight$/.test(name)) {
      read(theirs, 0, offset, length);
      return;
    }
    const columns = this.#config.hiddenSize;
    if (offset % columns !== 0 || length % columns !== 0) throw new Error(`no whole rows of ${name}`);
    for (let row = 0; row < length / columns; row++) {
      const place = rotaryPlace(offset / columns + row, headDim(this.#config));
      read(theirs, row * columns, place * columns, columns);
    }
  }

  close(): void {
    this.#gguf.close();
  }
}
