// A model in GGUF: names, types, the order of rows, scaled frequencies, the tokenizer. Reads no files except the tokenizer's.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { elementsOf, ropeTable } from '../../engine/index.ts';
import type { Model } from '../load/index.ts';
import { ARCHITECTURES, ggufName, type ModelConfig, parameters, rotaryPlace, rotaryRow } from '../model/index.ts';
import { type Tokenizer, trainTokenizer } from '../tokenizer/index.ts';
import { foreignFiles } from '../tokenizer/testing/foreign.ts';
import { toGguf } from './gguf.ts';

const CONFIG: ModelConfig = {
  vocabSize: 300,
  hiddenSize: 96,
  intermediateSize: 40,
  numHiddenLayers: 2,
  numAttentionHeads: 6,
  numKeyValueHeads: 2,
  maxPositionEmbeddings: 128,
  ropeTheta: 500,
  rmsNormEps: 1e-5,
  initializerRange: 0.02,
  tieWordEmbeddings: true,
};

const folder = temporaryFolder();
let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await trainTokenizer([{ text: 'the people of 대한민국 and the sea '.repeat(50), weight: 1 }], {
    vocabSize: 290,
  });
  writeFileSync(join(folder, 'tokenizer.json'), tokenizer.toJson());
});

/** Element i of the weight of this name: a different number for each. */
const element = (name: string, i: number) => Math.fround(((i * 7919 + name.length * 31) % 10_007) / 10_007 - 0.5);

const modelOf = (config: ModelConfig, other: Partial<Model> = {}): Model => ({
  folder,
  run: undefined,
  files: undefined,
  config,
  tokenizer,
  chatTemplate: undefined,
  bosToken: undefined,
  eosToken: undefined,
  note: undefined,
  arithmeticVersion: 1,
  tensors: new Map(),
  read: (name, target) => {
    expect(target.length).toBe(elementsOf(parameters(config).find((p) => p.name === name)!.shape));
    for (let i = 0; i < target.length; i++) target[i] = element(name, i);
  },
  digestedFiles: () => [],
  digest: () => '',
  close: () => {},
  ...other,
});

const described = (config: ModelConfig, type: 'f32' | 'f16' | 'q8_0' = 'f32', other: Partial<Model> = {}) => {
  const { metadata, tensors, unquantized } = toGguf(modelOf(config, other), type, 'x', 'mit');
  return {
    metadata: Object.fromEntries(metadata.map(([key, { value }]) => [key, value])),
    tensors: new Map(tensors.map((t) => [t.name, t])),
    unquantized,
  };
};
const valuesOf = (pieces: Iterable<Float32Array>) => [...pieces].flatMap((piece) => [...piece]);

test('rows of queries and keys: pairs that are rotated together become neighbours', () => {
  const { tensors } = described(CONFIG);
  const d = 16;
  for (const [part, heads] of [
    ['q', 6],
    ['k', 2],
  ] as const) {
    const name = `model.layers.1.self_attn.${part}_proj.weight`;
    const expected: number[] = [];
    // As llama.cpp's converter does it: [heads, 2, d/2, columns] becomes [heads, d/2, 2, columns].
    for (let head = 0; head < heads; head++)
      for (let pair = 0; pair < d / 2; pair++)
        for (let half = 0; half < 2; half++)
          for (let column = 0; column < 96; column++)
            expected.push(element(name, ((head * 2 + half) * (d / 2) + pair) * 96 + column));
    expect(valuesOf(tensors.get(`blk.1.attn_${part}.weight`)!.values())).toEqual(expected);
  }
  expect(Array.from({ length: 8 }, (_, r) => rotaryRow(8 + r, 8))).toEqual([8, 12, 9, 13, 10, 14, 11, 15]);
  for (let r = 0; r < 48; r++) expect(rotaryRow(rotaryPlace(r, 8), 8)).toBe(r);
});

test('all other weights stay unchanged, each under its name', () => {
  const { tensors } = described({ ...CONFIG, tieWordEmbeddings: false });
  expect([...tensors.keys()].sort()).toEqual(
    [
      ...['token_embd', 'output_norm', 'output'].map((name) => `${name}.weight`),
      ...[0, 1].flatMap((i) =>
        'attn_norm attn_q attn_k attn_v attn_output ffn_norm ffn_gate ffn_up ffn_down'
          .split(' ')
          .map((part) => `blk.${i}.${part}.weight`),
      ),
    ].sort(),
  );
  for (const { name, shape } of parameters({ ...CONFIG, tieWordEmbeddings: false })) {
    if (/[qk]_proj/.test(name)) continue;
    const tensor = tensors.get(ggufName(name, CONFIG))!;
    expect(tensor.shape).toEqual(shape);
    expect(valuesOf(tensor.values())).toEqual(Array.from({ length: elementsOf(shape) }, (_, i) => element(name, i)));
  }
  expect(described(CONFIG).tensors.has('output.weight')).toBe(false);
});

test('types: vectors stay float32; rows that are not whole blocks become F16 and are named', () => {
  const types = (type: 'f32' | 'f16' | 'q8_0') =>
    Object.fromEntries([...described(CONFIG, type).tensors].map(([name, t]) => [name, t.type]));
  expect(new Set(Object.values(types('f32')))).toEqual(new Set(['F32']));
  const f16 = types('f16');
  const q8 = types('q8_0');
  for (const name of Object.keys(f16)) {
    const vector = name.includes('norm');
    expect(f16[name]).toBe(vector ? 'F32' : 'F16');
    expect(q8[name]).toBe(vector ? 'F32' : name.includes('ffn_down') ? 'F16' : 'Q8_0'); // rows of 40
  }
  expect(described(CONFIG, 'q8_0').unquantized).toEqual(['blk.0.ffn_down.weight', 'blk.1.ffn_down.weight']);
  expect(described(CONFIG, 'f16').unquantized).toEqual([]);
});

test('metadata, and a tokenizer with fewer tokens than the embedding has rows', () => {
  const { metadata } = described(CONFIG, 'q8_0');
  expect(metadata).toMatchObject({
    'general.architecture': 'llama',
    'general.name': 'x',
    'general.license': 'mit',
    'general.file_type': 7,
    'llama.vocab_size': 300,
    'llama.context_length': 128,
    'llama.embedding_length': 96,
    'llama.block_count': 2,
    'llama.feed_forward_length': 40,
    'llama.attention.head_count': 6,
    'llama.attention.head_count_kv': 2,
    'llama.attention.layer_norm_rms_epsilon': 1e-5,
    'llama.rope.dimension_count': 16,
    'llama.rope.freq_base': 500,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.bos_token_id': 0,
    'tokenizer.ggml.eos_token_id': 0,
    'tokenizer.ggml.add_bos_token': true,
  });
  const tokens = metadata['tokenizer.ggml.tokens'] as string[];
  const types = metadata['tokenizer.ggml.token_type'] as number[];
  expect(tokens.length).toBe(300);
  expect(new Set(tokens).size).toBe(300);
  const known = tokenizer.vocabSize;
  expect(known).toBeLessThan(300);
  expect(tokens[known]).toBe(`[PAD${known}]`);
  expect(types).toEqual([3, ...Array(known - 1).fill(1), ...Array(300 - known).fill(5)]);
  const merges = metadata['tokenizer.ggml.merges'] as string[];
  expect(merges.length).toBe(known - 257);
  for (const merge of merges) expect(tokens).toContain(merge.replace(' ', ''));
  expect(Object.keys(metadata).filter((key) => /scaling|chat/.test(key))).toEqual([]);
});

test('a model with special tokens around texts, and a chat template', async () => {
  const own = { ...tokenizer, vocabSize: tokenizer.vocabSize, prefixId: 5, endIds: new Set([0, 7]) } as never;
  const files = (json: string) => ({ path: (name: string) => join(folder, name), text: () => json });
  const other = { tokenizer: own, files: files(tokenizer.toJson()), chatTemplate: '{{ messages }}' };
  const { metadata } = described(CONFIG, 'f32', other);
  expect(metadata).toMatchObject({ 'tokenizer.ggml.bos_token_id': 5, 'tokenizer.chat_template': '{{ messages }}' });
  const digits = JSON.stringify((await foreignFiles()).digits);
  expect(() => described(CONFIG, 'f32', { ...other, files: files(digits) })).toThrow(
    expect.objectContaining({ code: 'tokenizer-unsupported' }),
  );
});

test("Llama 3's scaling: the divisor of each frequency; linear scaling is a key", () => {
  const ropeScaling = {
    type: 'llama3',
    factor: 8,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPositionEmbeddings: 64,
  } as const;
  const { tensors, metadata } = described({ ...CONFIG, ropeScaling }, 'q8_0');
  const tensor = tensors.get('rope_freqs.weight')!;
  expect([tensor.type, tensor.shape]).toEqual(['F32', [8]]);
  const divisors = valuesOf(tensor.values());
  expect(divisors[0]).toBe(1);
  expect(divisors[7]).toBe(8);
  expect(divisors.some((x) => x > 1 && x < 8)).toBe(true);
  // The angles of position 1 are the frequencies of our model's table.
  const plain = ropeTable(2, 16, 500);
  const scaled = ropeTable(2, 16, 500, ropeScaling);
  divisors.forEach((x, i) => {
    const angle = (t: typeof plain) => Math.atan2(t.sin[8 + i], t.cos[8 + i]);
    expect(angle(plain) / angle(scaled) / x).toBeCloseTo(1, 5);
  });
  expect(Object.keys(metadata).filter((key) => key.includes('scaling'))).toEqual([]);

  const linear = described({ ...CONFIG, ropeScaling: { type: 'linear', factor: 4 } });
  expect(linear.metadata).toMatchObject({ 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': 4 });
  expect(linear.tensors.has('rope_freqs.weight')).toBe(false);
});

test.each([
  ['f16', 65520],
  ['f16', Number.NaN],
  ['q8_0', 65520 * 127],
  ['q8_0', -Infinity],
] as const)('%s has no number for %d', (type, value) => {
  const { tensors } = described(CONFIG, type, { read: (_, target) => void target.fill(0.5).fill(value, 40, 41) });
  expect(() => valuesOf(tensors.get('token_embd.weight')!.values())).toThrow(
    expect.objectContaining({ code: 'weights-too-large', input: 'model.embed_tokens.weight' }),
  );
});

test('a model that llama.cpp would refuse, or read as another one, is refused', () => {
  const qwen2 = { ...CONFIG, architecture: 'qwen2' };
  const unsupported = expect.objectContaining({ code: 'gguf-unsupported' });
  expect(() => described({ ...qwen2, headDim: 32 })).toThrow(unsupported);
  expect(() => described({ ...qwen2, headDim: 16 })).not.toThrow();
  expect(() => described({ ...CONFIG, headDim: 32 })).not.toThrow();
  const scaling = { type: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4 } as const;
  const ropeScaling = { ...scaling, originalMaxPositionEmbeddings: 64 };
  for (const architecture of [...ARCHITECTURES.keys()].filter((name) => name !== 'llama'))
    expect(() => described({ ...CONFIG, architecture, ropeScaling })).toThrow(unsupported);
});
