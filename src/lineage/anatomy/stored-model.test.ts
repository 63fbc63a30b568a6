// Opening: runs, finished or not; tokens; models that no table knows; configs that lie about heads.

import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { foreignFiles } from '../../foundry/tokenizer/testing/foreign.ts';
import { openStored } from './index.ts';
import { DENSE_CASES } from './testing/dense.ts';
import { SPARSE_CASES } from './testing/sparse.ts';
import { TOWER_CASES } from './testing/towers.ts';
import { Weights, writeFolder } from './testing/weights.ts';

const root = temporaryFolder();
const next = () => mkdtempSync(join(root, 'x'));

const LLAMA = DENSE_CASES.find(({ name }) => name === 'Llama')!;
const QWEN_3 = DENSE_CASES.find(({ name }) => name === 'Qwen3')!;
const LLAMA_WEIGHTS = Weights.random(LLAMA.shapes);

function anatomyOf(weights: Weights, config: Record<string, unknown>) {
  const model = openStored(writeFolder(next(), weights, config));
  model.close();
  return model.anatomy;
}
const kindsOf = ({ towers }: ReturnType<typeof anatomyOf>) =>
  towers.map(({ name, groups }) => [name, groups.map(({ kind }) => kind)]);

test('a finished run: its model', () => {
  const run = next();
  writeFileSync(join(run, 'recipe.yaml'), 'name: x\n');
  writeFolder(join(run, 'model'), LLAMA_WEIGHTS, LLAMA.config);
  const model = openStored(run);
  expect(model.run).toBe(run);
  expect(model.files.map(({ name }) => name)).toEqual(['model.safetensors']);
  expect(model.tokens).toBeUndefined();
  expect(model.tokensMissing).toBe('there is no tokenizer.json');
  model.close();
});

test('a run that is not finished: its newest checkpoint, without the moments, with the heads of its recipe', () => {
  const run = next();
  const recipe = fileURLToPath(new URL('../../../recipes/hello.yaml', import.meta.url));
  cpSync(recipe, join(run, 'recipe.yaml'));
  for (const step of ['step-000005', 'step-000010']) {
    const folder = join(run, 'checkpoints', step);
    mkdirSync(folder, { recursive: true });
    const names = [...LLAMA_WEIGHTS.tensors].flatMap(([name, tensor]) =>
      ['', 'adam.first.', 'adam.second.'].map((moment) => [moment + name, tensor] as const),
    );
    // hello has 3 heads with one of keys and values; of these sizes each has 24 rows.
    const weights = new Weights(names);
    for (const [name, { shape }] of weights.tensors) {
      const heads = /(q_proj|o_proj)/.test(name) ? 36 : /(k_proj|v_proj)/.test(name) ? 12 : undefined;
      if (heads === undefined) continue;
      const sizes = name.includes('o_proj') ? [shape[0]!, heads] : [heads, shape[1]!];
      weights.tensors.set(name, {
        shape: sizes,
        values: new Float32Array(sizes[0]! * sizes[1]!).fill(Number(step.slice(-2))),
      });
    }
    writeFolder(folder, weights, {});
    cpSync(join(folder, 'model.safetensors'), join(folder, 'state.safetensors'));
  }
  const model = openStored(run);
  expect(model.run).toBe(run);
  const { groups } = model.anatomy.towers[0]!;
  expect(groups.map(({ kind, blocks }) => [kind, blocks.length])).toEqual([
    ['units', 2],
    ['values', 2],
  ]);
  const { rows } = groups[1]!.blocks[0]!;
  const target = new Float32Array(rows.columns);
  model.readRows(rows, [3], target);
  expect(new Set(target)).toEqual(new Set([10]));
  model.close();
});

test('tokens: without those beyond the embedding', async () => {
  const folder = writeFolder(next(), LLAMA_WEIGHTS, LLAMA.config);
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify((await foreignFiles())['GPT-2']));
  const model = openStored(folder);
  const ids = [...model.tokens!.ids.values()];
  expect(Math.max(...ids)).toBe(LLAMA.shapes['model.embed_tokens.weight']![0]! - 1);
  expect(model.tokensMissing).toBeUndefined();
  model.close();
  writeFileSync(join(folder, 'tokenizer.json'), '{"model":{"type":"Unigram","vocab":[]}}');
  const other = openStored(folder);
  expect(other.tokens).toBeUndefined();
  expect(other.tokensMissing).toContain('Unigram');
  other.close();
});

test('a model that no table knows opens, and says so', () => {
  const weights = Weights.random({
    'x.layers.0.mix.weight': [4, 4],
    'x.layers.1.mix.weight': [4, 4],
    'x.head.weight': [9, 4],
  });
  const anatomy = anatomyOf(weights, { model_type: 'zork' });
  expect(anatomy).toMatchObject({ family: 'unknown', towers: [] });
  expect(anatomy.untested).toEqual([
    { part: 'language model', why: 'no table knows the names and shapes of its tensors (it calls itself "zork")' },
    { part: '"x.layers.*.mix.weight"', why: 'no table says what its rows are' },
    { part: '"x.head.weight"', why: 'no table says what its rows are' },
  ]);
});

test('a known tower beside an unknown language model, and a known language model beside an unknown tower', () => {
  const [clip] = TOWER_CASES as [(typeof TOWER_CASES)[0]];
  const seeing = anatomyOf(Weights.random(clip.shapes), clip.config);
  expect(kindsOf(seeing)).toEqual([['vision', ['units', 'values']]]);
  expect(seeing.untested[0]!.part).toBe('language model');
  const weights = Weights.random({ ...LLAMA.shapes, 'vision.blocks.0.strange.weight': [4, 4] });
  const speaking = anatomyOf(weights, LLAMA.config);
  expect(kindsOf(speaking)).toEqual([['language', ['units', 'values']]]);
  expect(speaking.untested).toContainEqual({
    part: '"vision.blocks.*.strange.weight"',
    why: 'no table says what its rows are',
  });
});

test('heads of a language model are not believed of a tower beside it', () => {
  const [clip] = TOWER_CASES as [(typeof TOWER_CASES)[0]];
  const anatomy = anatomyOf(Weights.random(clip.shapes), { model_type: 'llava', num_attention_heads: 3 });
  expect(kindsOf(anatomy)).toEqual([['vision', ['units']]]);
  expect(anatomy.untested[0]!.why).toBe('nothing says how many key-value heads there are');
});

test('two towers of one kind: the larger is read, the other named', () => {
  const more = Object.fromEntries(
    Object.entries(LLAMA.shapes).flatMap(([name, shape]) =>
      name.startsWith('model.layers.0') ? [[name.replace('model', 'draft'), shape]] : [],
    ),
  );
  const anatomy = anatomyOf(Weights.random({ ...LLAMA.shapes, ...more }), LLAMA.config);
  expect(anatomy.towers.map(({ layers }) => layers)).toEqual([2]);
  expect(anatomy.untested).toContainEqual({
    part: 'layers draft.layers.*',
    why: 'a second stack of layers beside the language tower',
  });
});

test('packed weights', () => {
  const packed = Object.fromEntries(
    Object.entries(LLAMA.shapes).map(([name, shape]) => [name.replace(/proj\.weight$/, 'proj.qweight'), shape]),
  );
  const { towers, untested } = anatomyOf(Weights.random(packed), LLAMA.config);
  expect(towers).toEqual([]);
  expect(untested[0]).toEqual({
    part: 'layers model.layers.*',
    why: 'its weights are packed integers, which are not read',
  });
});

// 6 heads of 4 rows, 3 of keys and values.
test.each<[string, Record<string, unknown>, string]>([
  ['says nothing of heads', {}, 'nothing says how many key-value heads there are'],
  ['has heads that do not fit', { num_attention_heads: 5, num_key_value_heads: 3 }, "the config's heads do not fit"],
  [
    'has too few of keys and values',
    { num_attention_heads: 6, num_key_value_heads: 2 },
    "the config's heads do not fit",
  ],
  ['has too many of them', { num_attention_heads: 6, num_key_value_heads: 6 }, "the config's heads do not fit"],
  ['has text for a number', { num_attention_heads: '6', num_key_value_heads: [] }, 'nothing says how many'],
  ['has millions', { num_attention_heads: 6e6, num_key_value_heads: 3e6 }, 'a layer of 6000000 heads is not one'],
])('a config that %s: units are compared, values are not', (_, config, why) => {
  const anatomy = anatomyOf(LLAMA_WEIGHTS, config);
  expect(kindsOf(anatomy)).toEqual([['language', ['units']]]);
  expect(anatomy.untested[0]).toMatchObject({
    part: 'language: value dimensions of layers 0 to 1',
    why: expect.stringContaining(why),
  });
});

test('where queries have a norm, it says how wide a head is: a config need not, and cannot lie', () => {
  const weights = Weights.random(QWEN_3.shapes);
  const blocks = (config: Record<string, unknown>) =>
    anatomyOf(weights, config).towers[0]!.groups.find(({ kind }) => kind === 'values')?.blocks.length;
  expect(blocks({})).toBe(6);
  expect(blocks({ num_attention_heads: 6, num_key_value_heads: 3 })).toBe(6);
  expect(blocks({ num_attention_heads: 12, num_key_value_heads: 6 })).toBeUndefined();
});

test('latent attention: heads follow from shapes; groups of experts must be stated', () => {
  const one = SPARSE_CASES.find(({ name }) => name === 'DeepSeek-V3')!;
  const weights = Weights.random(one.shapes);
  const count = (config: Record<string, unknown>) =>
    Object.fromEntries(anatomyOf(weights, config).towers[0]!.groups.map(({ kind, blocks }) => [kind, blocks.length]));
  expect(count({})).toEqual({ units: 2, 'expert-units': 4, values: 6 });
  expect(count({ n_group: 1 })).toEqual({ units: 2, 'expert-units': 4, values: 6, experts: 1 });
  expect(count({ n_group: 3 })).toEqual({ units: 2, 'expert-units': 4, values: 6 });
  expect(count({ n_group: 2, num_attention_heads: 9 })).toEqual({ units: 2, 'expert-units': 4, experts: 2 });
  expect(anatomyOf(weights, {}).untested[0]).toEqual({
    part: 'language: experts of layer 1',
    why: 'nothing says whether its router chooses groups of experts first',
  });
});

test('one layer of another shape: the others are compared', () => {
  const weights = LLAMA_WEIGHTS.copy();
  weights.tensors.set('model.layers.1.mlp.up_proj.weight', { shape: [3, 3], values: new Float32Array(9) });
  const anatomy = anatomyOf(weights, LLAMA.config);
  expect(anatomy.towers[0]!.groups[0]!.blocks.map(({ name }) => name)).toEqual(['layers.0.mlp']);
  expect(anatomy.untested[0]).toEqual({
    part: 'language: units of MLPs of layer 1',
    why: 'mlp.up_proj.weight has the shape [3, 3], not [20, 12]',
  });
});

test('queries, keys and the head are named among what is not tested', () => {
  expect(anatomyOf(LLAMA_WEIGHTS, LLAMA.config).untested.map(({ part }) => part)).toEqual([
    'norms, biases and other vectors',
    'output head',
    'queries and keys',
  ]);
});

test.each([
  ['no JSON', '{'],
  ['a list', '[]'],
])('a config that is %s', (_, text) => {
  const folder = writeFolder(next(), LLAMA_WEIGHTS, {});
  writeFileSync(join(folder, 'config.json'), text);
  expect(() => openStored(folder)).toThrow(expect.objectContaining({ code: 'config-broken' }));
});
