// GGUF files against Hugging Face folders of the same models. The test turns the tensors as llama.cpp's converter does, written out anew: names,
// experts in one tensor, queries before keys before values, sums of norms. All rows of all blocks must then be the same.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { type GgufInput, type GgufValue, ggufPieces } from '../../formats/index.ts';
import { openStored, type StoredModel } from './index.ts';
import type { FamilyCase } from './testing/case.ts';
import { DENSE_CASES } from './testing/dense.ts';
import { rowsOf } from './testing/rows-of.ts';
import { SPARSE_CASES } from './testing/sparse.ts';
import { type Tensor, Weights, writeFolder } from './testing/weights.ts';

const folder = temporaryFolder();

/** llama.cpp's name of a part by Hugging Face's. */
const NAMES: Record<string, string> = {
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'self_attn.qkv_proj': 'attn_qkv',
  'self_attn.q_a_proj': 'attn_q_a',
  'self_attn.q_a_layernorm': 'attn_q_a_norm',
  'self_attn.q_b_proj': 'attn_q_b',
  'self_attn.kv_a_proj_with_mqa': 'attn_kv_a_mqa',
  'self_attn.kv_a_layernorm': 'attn_kv_a_norm',
  'self_attn.kv_b_proj': 'attn_kv_b',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
  'mlp.gate_up_proj': 'ffn_up',
  'mlp.gate': 'ffn_gate_inp',
  'mlp.shared_experts.gate_proj': 'ffn_gate_shexp',
  'mlp.shared_experts.up_proj': 'ffn_up_shexp',
  'mlp.shared_experts.down_proj': 'ffn_down_shexp',
  'block_sparse_moe.gate': 'ffn_gate_inp',
  'attention.query_key_value': 'attn_qkv',
  'attention.dense': 'attn_output',
  'mlp.dense_h_to_4h': 'ffn_up',
  'mlp.dense_4h_to_h': 'ffn_down',
  ln_1: 'attn_norm',
  ln_2: 'ffn_norm',
  'attn.c_attn': 'attn_qkv',
  'attn.c_proj': 'attn_output',
  'mlp.c_fc': 'ffn_up',
  'mlp.c_proj': 'ffn_down',
};
const OUTSIDE: Record<string, string> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'gpt_neox.embed_in.weight': 'token_embd.weight',
  'wte.weight': 'token_embd.weight',
  'lm_head.weight': 'output.weight',
};
const EXPERTS: Record<string, string> = {
  gate_proj: 'gate',
  up_proj: 'up',
  down_proj: 'down',
  w1: 'gate',
  w3: 'up',
  w2: 'down',
};

/** [in, out] as [out, in]. */
const turned = ({ shape: [rows, columns], values }: Tensor): Tensor => ({
  shape: [columns!, rows!],
  values: Float32Array.from(values, (_, i) => values[(i % rows!) * columns! + Math.floor(i / rows!)]!),
});

/** Rows of each head's queries, keys and values in turn: all queries, then all keys, then all values. */
function regrouped({ shape, values }: Tensor, heads: number): Tensor {
  const d = shape[0]! / heads / 3;
  const columns = shape[1] ?? 1;
  const rows = [0, 1, 2].flatMap((part) =>
    Array.from({ length: heads * d }, (_, row) => (Math.floor(row / d) * 3 + part) * d + (row % d)),
  );
  return {
    shape,
    values: Float32Array.from(rows.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)])),
  };
}

/** All experts of a layer in one tensor. */
const stackedExperts = (list: Tensor[]): Tensor => ({
  shape: [list.length, ...list[0]!.shape],
  values: Float32Array.from(list.flatMap(({ values }) => [...values])),
});

interface Turn {
  architecture: string;
  /** Changes of a tensor by Hugging Face's name. */
  change?: (name: string, tensor: Tensor) => Tensor;
  rename?: (name: string) => string;
}

function convert(weights: Weights, { change = (_, tensor) => tensor, rename = (name) => name }: Turn) {
  const out = new Map<string, Tensor>();
  const experts = new Map<string, Tensor[]>();
  for (const [name, tensor] of weights.tensors) {
    const [, layer, part, end] = /(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
    const [, expert, matrix] = /experts\.(\d+)\.(\w+)$/.exec(part ?? '') ?? [];
    if (expert !== undefined) {
      const key = `blk.${layer}.ffn_${EXPERTS[matrix!]}_exps.weight`;
      experts.set(key, [...(experts.get(key) ?? []), tensor]);
    } else if (OUTSIDE[name]) out.set(OUTSIDE[name], tensor);
    else if (part !== undefined && NAMES[part])
      out.set(rename(`blk.${layer}.${NAMES[part]}.${end}`), change(name, tensor));
  }
  for (const [key, list] of experts) out.set(key, stackedExperts(list));
  return out;
}

function writeGguf(path: string, tensors: Map<string, Tensor>, architecture: string, config: Record<string, unknown>) {
  const number = (key: string, value: unknown): [string, GgufValue][] =>
    typeof value === 'number' ? [[`${architecture}.${key}`, { type: 'uint32', value }]] : [];
  const metadata: [string, GgufValue][] = [
    ['general.architecture', { type: 'string', value: architecture }],
    ...number('attention.head_count', config.num_attention_heads ?? config.n_head),
    ...number('attention.head_count_kv', config.num_key_value_heads),
    ...number('expert_group_count', config.n_group),
  ];
  const list = [...tensors].map(
    ([name, { shape, values }]): GgufInput => ({ name, type: 'F32', shape, values: () => [values] }),
  );
  writeFileSync(path, Buffer.concat([...ggufPieces(metadata, list)]));
  return path;
}

const CASES: [FamilyCase, Turn][] = [...DENSE_CASES, ...SPARSE_CASES].flatMap((one): [FamilyCase, Turn][] => {
  const heads = Number(one.config.num_attention_heads);
  switch (one.name) {
    case 'Llama':
    case 'Qwen2':
    case 'Qwen3':
      return [[one, { architecture: one.name.toLowerCase() }]];
    case 'Mixtral':
      return [[one, { architecture: 'llama' }]];
    case 'Qwen3-MoE':
      return [[one, { architecture: 'qwen3moe' }]];
    case 'DeepSeek-V3':
      return [[one, { architecture: 'deepseek2' }]];
    case 'GLM-4-MoE':
      return [[one, { architecture: 'glm4moe', rename: (name) => name.replace('ffn_norm', 'post_attention_norm') }]];
    case 'Gemma': {
      const plus = (name: string, { shape, values }: Tensor) =>
        name.includes('norm') ? { shape, values: values.map((value) => value + 1) } : { shape, values };
      return [[one, { architecture: 'gemma', change: plus }]];
    }
    case 'Phi-3':
      return [[one, { architecture: 'phi3' }]];
    case 'GPT-NeoX': {
      const change = (name: string, tensor: Tensor) =>
        name.includes('query_key_value') ? regrouped(tensor, heads) : tensor;
      return [[one, { architecture: 'gptneox', change }]];
    }
    case 'GPT-2':
      return [
        [one, { architecture: 'gpt2', change: (_, tensor) => (tensor.shape.length === 2 ? turned(tensor) : tensor) }],
      ];
    default:
      return [];
  }
});

test('these families are in both forms', () => expect(CASES).toHaveLength(11));

test.each(CASES.map(([one, turn]) => [one.name, one, turn] as const))('%s', (_, one, turn) => {
  const weights = Weights.random(one.shapes);
  const theirs = openStored(writeFolder(join(folder, one.name), weights, one.config));
  const ours = openStored(
    writeGguf(join(folder, `${one.name}.gguf`), convert(weights, turn), turn.architecture, one.config),
  );
  expect(ours.anatomy.family).toBe(one.family);
  const [a, b] = [ours, theirs].map(({ anatomy }) => anatomy.towers[0]!) as [
    (typeof ours.anatomy.towers)[0],
    (typeof ours.anatomy.towers)[0],
  ];
  const outline = ({ groups, hiddenSize, layers }: typeof a) => ({
    hiddenSize,
    layers,
    groups: groups
      .map(({ kind, blocks }) => [kind, blocks.map(({ name }) => name)] as const)
      .sort((x, y) => (x[0] < y[0] ? -1 : 1)),
  });
  expect(outline(a)).toEqual(outline(b));
  for (const { kind, blocks } of a.groups) {
    const others = b.groups.find((group) => group.kind === kind)!.blocks;
    for (const [i, block] of blocks.entries())
      expect(rowsOf(ours, block), block.name).toEqual(rowsOf(theirs, others[i]!));
  }
  const embedding = ({ anatomy }: StoredModel) => anatomy.towers[0]!.embedding!;
  expect(rowsOf(ours, { rows: embedding(ours) })).toEqual(rowsOf(theirs, { rows: embedding(theirs) }));
  ours.close();
  theirs.close();
});

test('values of latent attention by themselves, as newer files have them', () => {
  const one = SPARSE_CASES.find(({ name }) => name === 'DeepSeek-V3')!;
  const weights = Weights.random(one.shapes);
  const theirs = openStored(writeFolder(join(folder, 'mla'), weights, one.config));
  const tensors = convert(weights, { architecture: 'deepseek2' });
  // 3 heads of 5 rows of keys and 4 of values over 8 latents.
  for (const layer of [0, 1]) {
    const { values } = tensors.get(`blk.${layer}.attn_kv_b.weight`)!;
    tensors.delete(`blk.${layer}.attn_kv_b.weight`);
    const apart = Array.from({ length: 3 }, (_, h) => [...values.subarray((h * 9 + 5) * 8, (h + 1) * 9 * 8)]).flat();
    tensors.set(`blk.${layer}.attn_v_b.weight`, { shape: [3, 4, 8], values: Float32Array.from(apart) });
  }
  const ours = openStored(writeGguf(join(folder, 'mla.gguf'), tensors, 'deepseek2', one.config));
  const heads = (model: StoredModel) =>
    model.anatomy.towers[0]!.groups.find(({ kind }) => kind === 'values')!.blocks.map((block) => rowsOf(model, block));
  expect(heads(ours)).toHaveLength(6);
  expect(heads(ours)).toEqual(heads(theirs));
  ours.close();
  theirs.close();
});

test('a part of a type that is not read is named, and the others are compared', () => {
  const one = DENSE_CASES.find(({ name }) => name === 'Llama')!;
  const path = writeGguf(
    join(folder, 'mixed.gguf'),
    convert(Weights.random(one.shapes), { architecture: 'llama' }),
    'llama',
    one.config,
  );
  expect(unsupported(path, 'blk.1.ffn_gate.weight', 23)).toEqual([
    { part: 'language: units of MLPs of layer 1', why: 'it is stored as IQ4_XS, which is not read' },
  ]);
  expect(unsupported(path, 'token_embd.weight', 21)).toEqual([
    { part: 'language: input embedding', why: 'it is stored as IQ3_S, which is not read' },
  ]);
});

/** What is untested of a file because one tensor's type has been written over with another number. */
function unsupported(path: string, tensor: string, type: number) {
  const changed = path.replace('.gguf', `-${type}.gguf`);
  const bytes = Buffer.from(readFileSync(path));
  // A description: the name, the number of sizes, two sizes, the type.
  bytes.writeUInt32LE(type, bytes.indexOf(tensor) + tensor.length + 4 + 16);
  writeFileSync(changed, bytes);
  const model = openStored(changed);
  model.close();
  return model.anatomy.untested.filter(({ why }) => why.includes('stored as'));
}
