// GGUF files that were exported are opened again: the same config, tokens, weights and texts as the folder that they came from.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { elementsOf } from '../../engine/index.ts';
import { decodeNumbers, encodeNumbers } from '../../formats/gguf-numbers.ts';
import { type GgufTensorType, type GgufValue, ggufPieces, writeSafetensors } from '../../formats/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { TextModel } from '../generate/index.ts';
import { byteTokenizer, CHATML } from '../generate/testing/chat.ts';
import { inspectModel, openModel } from '../load/index.ts';
import { ARCHITECTURES, type ModelConfig, parameters, toHuggingFace } from '../model/index.ts';
import { exportModel } from './export.ts';

const folder = temporaryFolder();

const BASE: ModelConfig = {
  vocabSize: 262,
  hiddenSize: 64,
  intermediateSize: 96,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  maxPositionEmbeddings: 80,
  ropeTheta: 5000,
  rmsNormEps: 1e-5,
  initializerRange: 0.02,
  tieWordEmbeddings: false,
};

function writeFolder(name: string, config: ModelConfig) {
  const path = join(folder, name);
  mkdirSync(path);
  const random = randomNumbers(name.length);
  const tensors = parameters(config).map(({ name, shape }) => {
    const values = Float32Array.from({ length: elementsOf(shape) }, () => random() * 2 - (shape.length === 1 ? 0 : 1));
    return { name, shape, dtype: 'F32' as const, data: new Uint8Array(values.buffer) };
  });
  const fd = openSync(join(path, 'model.safetensors'), 'w');
  writeSafetensors(fd, tensors, { format: 'pt' });
  closeSync(fd);
  writeFileSync(join(path, 'config.json'), JSON.stringify(toHuggingFace(config, 256)));
  writeFileSync(join(path, 'tokenizer.json'), byteTokenizer().toJson());
  writeFileSync(
    join(path, 'tokenizer_config.json'),
    JSON.stringify({ eos_token: '<|im_end|>', bos_token: '<|im_start|>', chat_template: CHATML }),
  );
  return path;
}

const weightsOf = (path: string): Map<string, Float32Array> => {
  const model = openModel(path);
  try {
    return new Map(
      parameters(model.config).map(({ name, shape }) => {
        const values = new Float32Array(elementsOf(shape));
        model.read(name, values);
        return [name, values];
      }),
    );
  } finally {
    model.close();
  }
};

/** Their bits, for comparisons: those of long arrays take long number by number. */
const bitsOf = (values: Float32Array) => sha256Hex(new Uint8Array(values.buffer));
const allBits = (path: string): [string, string][] =>
  [...weightsOf(path)].map(([name, values]) => [name, bitsOf(values)]);

async function greedy(path: string) {
  const model = TextModel.open(path, { threads: 1 });
  try {
    const common = { topK: 0, topP: 1, seed: 0, full: 'end' as const, onText: () => {} };
    return (await model.continue([257, 97, 98, 99], { ...common, temperature: 0, maxTokens: 30 })).tokenIds;
  } finally {
    model.close();
  }
}

const CASES = [...ARCHITECTURES.keys()].flatMap((architecture) =>
  [true, false].map((tieWordEmbeddings): [string, ModelConfig] => [
    `${architecture}${tieWordEmbeddings ? ', tied' : ''}`,
    { ...BASE, ...(architecture !== 'llama' && { architecture }), tieWordEmbeddings },
  ]),
);

describe.each(CASES)('%s', (name, config) => {
  let source: string;
  beforeAll(() => {
    source = writeFolder(name, config);
  });

  test.each(['f32', 'f16', 'q8_0'] as const)('%s', async (type) => {
    const out = join(folder, `${name}-${type}.gguf`);
    await exportModel({ model: source, to: 'gguf', type, out });
    const [a, b] = [openModel(source), openModel(out)];
    expect({ ...b.config, rmsNormEps: Math.fround(b.config.rmsNormEps) }).toEqual({
      ...a.config,
      rmsNormEps: Math.fround(a.config.rmsNormEps),
    });
    for (const text of ['', ' a\n안녕', '<|im_end|>x', 'The people of']) {
      expect([...b.tokenizer.encode(text)]).toEqual([...a.tokenizer.encode(text)]);
      expect([...b.tokenizer.encode(text, { special: true })]).toEqual([
        ...a.tokenizer.encode(text, { special: true }),
      ]);
    }
    expect([b.tokenizer.prefixId, b.tokenizer.endIds.has(258), b.tokenizer.vocabSize]).toEqual([257, true, 259]);
    expect([b.chatTemplate, b.bosToken, b.eosToken]).toEqual([CHATML, '<|im_start|>', '<|im_end|>']);
    expect(b.digest()).not.toBe(a.digest());
    a.close();
    b.close();
    const [before, after] = [weightsOf(source), weightsOf(out)];
    const stored = ({ f32: 'F32', f16: 'F16', q8_0: 'Q8_0' } as const)[type];
    for (const { name: weight, shape } of parameters(config)) {
      const expected = before.get(weight)!.slice();
      if (shape.length > 1) decodeNumbers(stored, encodeNumbers(stored, expected), expected);
      expect({ weight, bits: bitsOf(after.get(weight)!) }).toEqual({ weight, bits: bitsOf(expected) });
    }
    if (type === 'f32') expect(await greedy(out)).toEqual(await greedy(source));
    const { dtypes, files, tokenizer } = inspectModel(out);
    expect(Object.keys(dtypes)).toContain(stored);
    expect([files.length, tokenizer?.vocabSize]).toEqual([1, 259]);
  });

  test('a folder that is written from it has the same weights', async () => {
    const out = join(folder, `${name}-again`);
    await exportModel({ model: join(folder, `${name}-f32.gguf`), to: 'hf', type: 'f32', out });
    expect(allBits(out)).toEqual(allBits(source));
    expect(await greedy(out)).toEqual(await greedy(source));
  });
});

describe('what cannot be read is said', () => {
  const string = (value: string): GgufValue => ({ type: 'string', value });
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const write = (metadata: [string, GgufValue][], type: GgufTensorType = 'F32') => {
    const path = join(folder, `${Math.random()}.gguf`);
    const tensor = { name: 'token_embd.weight', type, shape: [4, 32], values: () => [new Float32Array(128)] };
    writeFileSync(path, Buffer.concat([...ggufPieces(metadata, [tensor])]));
    return path;
  };
  const tokenizer: [string, GgufValue][] = [
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string('gpt-2')],
  ];
  const kind: [string, GgufValue] = ['general.architecture', string('llama')];

  test.each<[string, [string, GgufValue][], string, RegExp]>([
    [
      'another architecture',
      [['general.architecture', string('mamba')], ...tokenizer],
      'tokenizer-unsupported',
      /byte/,
    ],
    ['no tokenizer', [kind], 'gguf-broken', /tokenizer.ggml.model/],
    ['another kind of tokenizer', [kind, ['tokenizer.ggml.model', string('rwkv')]], 'tokenizer-unsupported', /rwkv/],
    [
      'another split',
      [kind, tokenizer[0], ['tokenizer.ggml.pre', string('tekken')]],
      'tokenizer-unsupported',
      /tekken/,
    ],
    ['a value of another type', [kind, ['tokenizer.ggml.model', uint32(1)]], 'gguf-broken', /of type uint32/],
  ])('%s', (_, metadata, code, message) => {
    let error: unknown;
    try {
      openModel(write(metadata)).close();
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(message);
  });
});
