// Models of other software, as small folders of every kind: weights are read as they were written, and faults are named.

import { copyFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { elementsOf } from '../../engine/index.ts';
import { EMBEDDING, HEAD, parameters } from '../model/index.ts';
import { foreignFiles } from '../tokenizer/testing/foreign.ts';
import { type Model, openModel } from './index.ts';
import { numberOf, type Stored, stored, TINY, weightsOf, writeFolder, writeWeights } from './testing/folders.ts';

const root = temporaryFolder();
let folders = 0;
const next = () => join(root, `${folders++}`);

let tokenizers: Record<string, object>;
beforeAll(async () => {
  tokenizers = await foreignFiles();
});

const TIED = { ...TINY, tieWordEmbeddings: true };

function using<T>(folder: string, look: (model: Model) => T) {
  const model = openModel(folder);
  try {
    return look(model);
  } finally {
    model.close();
  }
}
const failure = (folder: string) => {
  try {
    openModel(folder).close();
  } catch (error) {
    return error;
  }
  return undefined;
};

function expectWeights(model: Model) {
  for (const { name, shape } of parameters(model.config)) {
    const target = new Float32Array(elementsOf(shape));
    model.read(name, target);
    expect(target).toEqual(Float32Array.from(target, (_, i) => numberOf(name, i)));
  }
}

test.each<[Stored['dtype'], number, boolean]>([
  ['F32', 1, false],
  ['F32', 3, true],
  ['F16', 1, true],
  ['F16', 2, false],
  ['BF16', 1, true],
  ['BF16', 2, false],
])('weights in %s, in %i files, head tied: %s', (dtype, shards, tied) => {
  const config = tied ? TIED : TINY;
  const folder = writeFolder(next(), config, weightsOf(config, dtype), tokenizers['Llama 3'], { shards });
  using(folder, (model) => {
    expect(model.config).toEqual(config);
    expect([model.folder, model.run, model.note]).toEqual([folder, undefined, undefined]);
    expect([...model.tensors.values()].every((t) => t.dtype === dtype)).toBe(true);
    expectWeights(model);
    expect(() => model.read(HEAD, new Float32Array(3))).toThrow();
  });
});

test('stored frequencies of old files are skipped, and so is a head that equals the embedding', () => {
  const frequencies = stored('model.layers.0.self_attn.rotary_emb.inv_freq', [2], 'F32');
  const head = { ...stored(EMBEDDING, [TINY.vocabSize, TINY.hiddenSize], 'BF16'), name: HEAD };
  const folder = writeFolder(next(), TIED, [...weightsOf(TIED, 'BF16'), frequencies, head], tokenizers['Llama 3']);
  using(folder, expectWeights);
  // The same numbers in another type are the same head.
  writeWeights(folder, [...weightsOf(TIED, 'F16'), head]);
  using(folder, expectWeights);
  head.data[5] ^= 1;
  writeWeights(folder, [...weightsOf(TIED, 'BF16'), head]);
  expect(failure(folder)).toMatchObject({ code: 'weights-broken', message: expect.stringContaining(HEAD) });
});

test.each<[string, (tensors: Stored[]) => Stored[], string]>([
  ['one that is missing', (list) => list.slice(1), 'weights-missing'],
  ['one of another shape', (list) => [...list.slice(1), stored(list[0].name, [8, 2], 'F32')], 'weights-broken'],
  ['one too many', (list) => [...list, stored('model.layers.2.mlp.up_proj.weight', [4], 'F32')], 'weights-broken'],
  ['a bias', (list) => [...list, stored('model.layers.0.mlp.up_proj.bias', [24], 'F32')], 'weights-broken'],
  ['whole numbers', (list) => [...list.slice(1), { ...list[0], dtype: 'I32' } as never], 'dtype-unsupported'],
  [
    'FP8, whose products Jikji does not compute',
    (list) => [
      ...list.slice(1),
      { ...list[0], dtype: 'F8_E4M3', data: list[0].data.subarray(0, list[0].data.length / 4) } as never,
    ],
    'dtype-unsupported',
  ],
])('tensors with %s', (_, change, code) => {
  const folder = writeFolder(next(), TINY, change(weightsOf(TINY, 'F32')), tokenizers['Llama 3']);
  expect(failure(folder)).toMatchObject({ code });
});

describe('tokens that begin and end a text', () => {
  const make = (config: Record<string, unknown>, other: Record<string, unknown> = {}) => {
    const folder = writeFolder(next(), TIED, weightsOf(TIED, 'F32'), tokenizers['Llama 3'], { config });
    for (const [name, json] of Object.entries(other)) {
      writeFileSync(join(folder, name), typeof json === 'string' ? json : JSON.stringify(json));
    }
    return folder;
  };
  const ends = (folder: string) =>
    using(folder, ({ tokenizer, bosToken, eosToken }) => [
      tokenizer.prefixId,
      [...tokenizer.endIds],
      bosToken,
      eosToken,
    ]);

  test('ids of the three files, one or a list, and tokens by their text', () => {
    expect(ends(make({ bos_token_id: 700, eos_token_id: 703 }))).toEqual([700, [703], '<|begin|>', '<|end|>']);
    expect(ends(make({ bos_token_id: null, eos_token_id: [703, 0] }))).toEqual([703, [703, 0], undefined, '<|end|>']);
    const generation = { 'generation_config.json': { eos_token_id: [0, 704] } };
    expect(ends(make({ bos_token_id: 700, eos_token_id: 703 }, generation))[1]).toEqual([703, 0, 704]);
    const tokens = { bos_token: { content: '<|begin|>', lstrip: false }, eos_token: '<think>' };
    expect(ends(make({ bos_token_id: 0, eos_token_id: 703 }, { 'tokenizer_config.json': tokens }))).toEqual([
      700,
      [703, 704],
      '<|begin|>',
      '<think>',
    ]);
    expect(ends(make({ bos_token_id: 700, eos_token_id: null }))).toEqual([700, [], '<|begin|>', undefined]);
  });

  test('missing or wrong values in the files', () => {
    const cases: [Record<string, unknown>, Record<string, unknown>?][] = [
      [{ bos_token_id: null, eos_token_id: null }],
      [{ eos_token_id: 720 }],
      [{ eos_token_id: -1 }],
      [{ eos_token_id: ['0'] }],
      [{ eos_token_id: Array(1000).fill(0) }],
      [{ bos_token_id: 'x' }],
      [{}, { 'generation_config.json': [] }],
      [{}, { 'generation_config.json': '{' }],
      [{}, { 'tokenizer_config.json': { bos_token: 5 } }],
      [{}, { 'tokenizer_config.json': { eos_token: '<|nothing|>' } }],
      [{}, { 'tokenizer_config.json': { chat_template: 5 } }],
      [{}, { 'tokenizer_config.json': { chat_template: 'x'.repeat(2 << 20) } }],
    ];
    for (const [config, other] of cases) {
      expect(failure(make(config, other)), JSON.stringify([config, other]).slice(0, 99)).toMatchObject({
        code: 'config-broken',
      });
    }
    expect(failure(make({}, { 'chat_template.jinja': 'x'.repeat(2 << 20) }))).toMatchObject({ code: 'file-broken' });
  });

  test('the chat template: in its own file, by itself, or the default of several', () => {
    const template = (other: Record<string, unknown>) => using(make({}, other), (model) => model.chatTemplate);
    const several = [
      { name: 'tool_use', template: 'a' },
      { name: 'default', template: 'b' },
    ];
    expect(template({})).toBeUndefined();
    expect(template({ 'tokenizer_config.json': { chat_template: '{{ x }}' } })).toBe('{{ x }}');
    expect(template({ 'tokenizer_config.json': { chat_template: several } })).toBe('b');
    expect(template({ 'tokenizer_config.json': { chat_template: [several[0]] } })).toBeUndefined();
    expect(template({ 'tokenizer_config.json': { chat_template: 'c' }, 'chat_template.jinja': '{# own #}\n' })).toBe(
      '{# own #}\n',
    );
  });
});

test('a digest differs between models, and is equal for a copy', () => {
  const digest = (folder: string) => using(folder, (model) => model.digest());
  const folder = writeFolder(next(), TINY, weightsOf(TINY, 'BF16'), tokenizers['Llama 3'], { shards: 2 });
  const copy = writeFolder(next(), TINY, weightsOf(TINY, 'BF16'), tokenizers['Llama 3'], { shards: 2 });
  const first = digest(folder);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(copy)).toBe(first);
  const others = [
    writeFolder(next(), TINY, weightsOf(TINY, 'F16'), tokenizers['Llama 3'], { shards: 2 }),
    writeFolder(next(), TINY, weightsOf(TINY, 'BF16'), tokenizers.Qwen2, { shards: 2 }),
    writeFolder(next(), { ...TINY, ropeTheta: 5e5 }, weightsOf(TINY, 'BF16'), tokenizers['Llama 3'], { shards: 2 }),
    writeFolder(next(), TINY, weightsOf(TINY, 'BF16'), tokenizers['Llama 3'], {
      shards: 2,
      config: { eos_token_id: 1 },
    }),
  ].map(digest);
  expect(new Set([first, ...others]).size).toBe(5);
});

test('a folder of links, like a download in its cache', () => {
  const folder = writeFolder(next(), TINY, weightsOf(TINY, 'F16'), tokenizers['Llama 2']);
  const links = writeFolder(next(), TINY, weightsOf(TINY, 'F32'), tokenizers['Llama 2']);
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) {
    rmSync(join(links, name));
    symlinkSync(join(folder, name), join(links, name));
  }
  using(links, expectWeights);
});

test('a tokenizer with more entries than the model, or none', () => {
  const small = { ...TINY, vocabSize: 600 };
  const folder = writeFolder(next(), small, weightsOf(small, 'F32'), tokenizers['Llama 3']);
  expect(failure(folder)).toMatchObject({ code: 'config-broken', message: expect.stringContaining('705 entries') });
  rmSync(join(folder, 'tokenizer.json'));
  expect(failure(folder)).toMatchObject({ code: 'tokenizer-missing' });
  copyFileSync(join(folder, 'config.json'), join(folder, 'tokenizer.json'));
  expect(failure(folder)).toMatchObject({ code: 'tokenizer-broken' });
  expect(failure(join(root, 'nothing'))).toMatchObject({ code: 'model-missing' });
  expect(failure(root)).toMatchObject({ code: 'not-a-model' });
});
