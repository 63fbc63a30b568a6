// Models whose experts are each a tensor of their own, and the same weights with all experts of a layer in one: all blocks and all rows are the same.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { blocksFile } from '../../formats/testing/blocks-file.ts';
import { openStored, type StoredModel } from './index.ts';
import type { FamilyCase } from './testing/case.ts';
import { allRowsOf } from './testing/rows-of.ts';
import { SPARSE_CASES } from './testing/sparse.ts';
import { type Tensor, Weights, writeFolder } from './testing/weights.ts';

const folder = temporaryFolder();

const EXPERT = /^(model\.layers\.\d+)\.(?:mlp|block_sparse_moe)\.experts\.(\d+)\.(\w+)\.weight$/;
const GATES = ['gate_proj', 'w1'];
const UPS = ['up_proj', 'w3'];

const turned = ({ shape: [rows, columns], values }: Tensor): Tensor => ({
  shape: [columns!, rows!],
  values: Float32Array.from(values, (_, i) => values[(i % rows!) * columns! + Math.floor(i / rows!)]!),
});

const joined = (list: readonly Tensor[]): Tensor => ({
  shape: [list.reduce((sum, { shape }) => sum + shape[0]!, 0), list[0]!.shape[1]!],
  values: Float32Array.from(list.flatMap(({ values }) => [...values])),
});

const stacked = (list: readonly Tensor[]): Tensor => ({
  shape: [list.length, ...list[0]!.shape],
  values: Float32Array.from(list.flatMap(({ values }) => [...values])),
});

/**
 * transformers' `conversion_mapping.py` written out: experts one after another, in each the rows of gate before those of up. `turn`: each matrix as
 * [in, out], as its version 4 has them for Qwen3-VL-MoE.
 */
function fused(weights: Weights, turn: boolean) {
  const out = new Map<string, Tensor>();
  const experts = new Map<string, Map<number, Map<string, Tensor>>>();
  for (const [name, tensor] of weights.tensors) {
    const [, layer, expert, matrix] = EXPERT.exec(name) ?? [];
    if (layer === undefined) {
      out.set(name.replace('block_sparse_moe.gate', 'mlp.gate'), tensor);
      continue;
    }
    const ofLayer = experts.get(layer) ?? new Map<number, Map<string, Tensor>>();
    const ofExpert = ofLayer.get(Number(expert)) ?? new Map<string, Tensor>();
    experts.set(layer, ofLayer.set(Number(expert), ofExpert.set(matrix!, tensor)));
  }
  const put = (tensor: Tensor) => (turn ? turned(tensor) : tensor);
  for (const [layer, ofLayer] of experts) {
    const list = [...ofLayer].sort(([a], [b]) => a - b).map(([, of]) => [...of]);
    const of = (one: (typeof list)[0], names: string[]) => one.find(([name]) => names.includes(name))![1];
    const both = list.map((one) => put(joined([of(one, GATES), of(one, UPS)])));
    const down = list.map((one) => put(of(one, ['down_proj', 'w2'])));
    out.set(`${layer}.mlp.experts.gate_up_proj`, stacked(both));
    out.set(`${layer}.mlp.experts.down_proj`, stacked(down));
  }
  return new Weights(out);
}

const about = ({ anatomy }: StoredModel) => anatomy.untested.filter(({ part }) => /expert/.test(part));

const CASES = SPARSE_CASES.filter(({ shapes }) => Object.keys(shapes).some((name) => EXPERT.test(name)));

test('these families list their experts', () =>
  expect(CASES.map(({ name }) => name)).toEqual(['Qwen3-MoE', 'Mixtral', 'GLM-4-MoE', 'DeepSeek-V3']));

const WAYS = CASES.flatMap((one) =>
  [false, true].map((turn) => [one.name, turn ? 'columns' : 'rows', one, turn] as const),
);

test.each(WAYS)('%s, gate and up in one tensor, by %s', (_, way, one, turn) => {
  const weights = Weights.random(one.shapes);
  const listed = openStored(writeFolder(join(folder, one.name), weights, one.config));
  const model = openStored(writeFolder(join(folder, `${one.name}-${way}`), fused(weights, turn), one.config));
  expect(Object.keys(allRowsOf(model)).some((name) => name.startsWith('expert-units'))).toBe(true);
  expect(allRowsOf(model)).toEqual(allRowsOf(listed));
  expect(about(model)).toEqual([]);
  const named = one.name === 'Mixtral' ? 'Qwen3-MoE (it calls itself "mixtral")' : one.family;
  expect(model.anatomy.family).toBe(named);
  listed.close();
  model.close();
});

const QWEN = CASES.find(({ name }) => name === 'Qwen3-MoE') as FamilyCase;

/** The names of llama.cpp for what the comparison reads. */
const GGUF: [RegExp, string][] = [
  [/^model\.embed_tokens/, 'token_embd'],
  [/^model\.layers\.(\d+)\.input_layernorm/, 'blk.$1.attn_norm'],
  [/^model\.layers\.(\d+)\.post_attention_layernorm/, 'blk.$1.ffn_norm'],
  [/^model\.layers\.(\d+)\.self_attn\.(q|k|v)_proj/, 'blk.$1.attn_$2'],
  [/^model\.layers\.(\d+)\.self_attn\.o_proj/, 'blk.$1.attn_output'],
  [/^model\.layers\.(\d+)\.mlp\.gate\./, 'blk.$1.ffn_gate_inp.'],
  [/^model\.layers\.(\d+)\.mlp\.experts\.gate_up_proj/, 'blk.$1.ffn_gate_up_exps.weight'],
  [/^model\.layers\.(\d+)\.mlp\.experts\.down_proj/, 'blk.$1.ffn_down_exps.weight'],
];

test('a GGUF file with gate and up in one tensor', () => {
  const weights = Weights.random(QWEN.shapes);
  const listed = openStored(writeFolder(join(folder, 'listed'), weights, QWEN.config));
  const tensors = [...fused(weights, false).tensors].flatMap(([name, { shape, values }]) => {
    const [from, to] = GGUF.find(([pattern]) => pattern.test(name)) ?? [];
    const data = new Uint8Array(values.buffer);
    return from ? [{ name: name.replace(from, to!), type: 'F32' as const, shape, data }] : [];
  });
  const path = join(folder, 'fused.gguf');
  const heads = (key: string) => Number(QWEN.config[key]);
  const metadata = {
    'general.architecture': 'qwen3moe',
    'qwen3moe.attention.head_count': heads('num_attention_heads'),
    'qwen3moe.attention.head_count_kv': heads('num_key_value_heads'),
  };
  writeFileSync(path, blocksFile(tensors, metadata));
  const model = openStored(path);
  expect(allRowsOf(model)).toEqual(allRowsOf(listed));
  expect(model.anatomy.family).toBe('Qwen3-MoE');
  listed.close();
  model.close();
});

test('shapes that are neither: the experts are named with the reason, all else is compared', () => {
  const weights = fused(Weights.random(QWEN.shapes), false);
  const name = 'model.layers.1.mlp.experts.down_proj';
  const { shape, values } = weights.of(name);
  weights.tensors.set(name, { shape: [shape[0]!, shape[2]!, shape[1]!], values });
  const model = openStored(writeFolder(join(folder, 'neither'), weights, QWEN.config));
  expect(about(model)).toEqual([
    {
      part: 'language: units of experts of layer 1',
      why: expect.stringContaining('mlp.experts.gate_up_proj has the shape'),
    },
  ]);
  expect(Object.keys(allRowsOf(model))).toContain('expert-units layers.0.experts.0');
  model.close();
});
