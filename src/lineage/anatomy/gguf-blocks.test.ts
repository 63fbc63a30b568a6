// Models in blocks of few bits: each row that is compared is that of the same tensor decoded whole.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { BLOCK_TYPES, decodeBlocks, type GgufBlockType } from '../../formats/gguf-blocks.ts';
import { type BlocksInput, blocksFile } from '../../formats/testing/blocks-file.ts';
import { randomBlocks } from '../../formats/testing/random-blocks.ts';
import { openStored, type StoredModel, type View } from './index.ts';

const folder = temporaryFolder();

/** Hidden size, units, experts, heads. */
const [D, F, X, H] = [512, 6, 3, 4];

const elements = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

function floats(name: string, ...shape: number[]): BlocksInput {
  const data = new Uint8Array(Float32Array.from({ length: elements(shape) }, (_, i) => i + 1).buffer);
  return { name, type: 'F32', shape, data };
}

function blocks(name: string, type: GgufBlockType, ...shape: number[]): BlocksInput {
  const data = randomBlocks(type, elements(shape) / BLOCK_TYPES[type].block, name.length);
  return { name, type, shape, data };
}

const attention = (type: GgufBlockType): BlocksInput[] => [
  floats('blk.0.attn_norm.weight', D),
  floats('blk.0.ffn_norm.weight', D),
  blocks('blk.0.attn_q.weight', type, D, D),
  blocks('blk.0.attn_k.weight', type, D, D),
  blocks('blk.0.attn_v.weight', type, D, D),
  blocks('blk.0.attn_output.weight', type, D, D),
];

function open(name: string, tensors: BlocksInput[], architecture: string) {
  const path = join(folder, name);
  const metadata = { 'general.architecture': architecture, [`${architecture}.attention.head_count`]: H };
  writeFileSync(path, blocksFile(tensors, metadata));
  return openStored(path);
}

/** Some rows of a view, and the same elements of the whole tensor. */
function check(model: StoredModel, tensors: BlocksInput[], view: View) {
  const { type, shape, data } = tensors.find(({ name }) => name === view.tensor)!;
  const whole = new Float32Array(elements(shape));
  decodeBlocks(type as GgufBlockType, data, whole);
  const rows = [view.rows - 1, 0, 1];
  const found = new Float32Array(rows.length * view.columns);
  model.readRows(view, rows, found);
  const expected = rows.flatMap((row) =>
    Array.from({ length: view.columns }, (_, c) => whole[view.start + row * view.rowStride + c * view.columnStride]!),
  );
  expect([...found]).toEqual(expected);
}

test.each(Object.keys(BLOCK_TYPES) as GgufBlockType[])('%s: embedding, units and values', (type) => {
  const tensors = [
    blocks('token_embd.weight', type, 40, D),
    ...attention(type),
    blocks('blk.0.ffn_gate.weight', type, F, D),
    blocks('blk.0.ffn_up.weight', type, F, D),
    floats('blk.0.ffn_down.weight', D, F),
  ];
  const model = open(`${type}.gguf`, tensors, 'llama');
  const [tower] = model.anatomy.towers;
  check(model, tensors, tower!.embedding!);
  expect(tower!.groups.map(({ kind, blocks: list }) => [kind, list.length])).toEqual([
    ['units', 1],
    ['values', H],
  ]);
  for (const { rows, signed } of tower!.groups.flatMap(({ blocks: list }) => list)) {
    check(model, tensors, rows);
    if (signed) check(model, tensors, signed);
  }
  // Rows that begin within a block.
  check(model, tensors, { ...tower!.embedding!, columns: 300, start: 100 });
  check(model, tensors, { ...tower!.embedding!, rows: 50, columns: 4, start: 3, rowStride: 1, columnStride: D });
  model.close();
});

test('experts of a layer in one tensor of blocks', () => {
  const tensors = [
    blocks('token_embd.weight', 'Q6_K', 40, D),
    ...attention('Q5_K'),
    floats('blk.0.ffn_gate_inp.weight', X, D),
    blocks('blk.0.ffn_gate_exps.weight', 'Q4_K', X, F, D),
    blocks('blk.0.ffn_up_exps.weight', 'Q3_K', X, F, D),
    floats('blk.0.ffn_down_exps.weight', X, D, F),
  ];
  const model = open('experts.gguf', tensors, 'qwen3moe');
  const experts = model.anatomy.towers[0]!.groups.find(({ kind }) => kind === 'expert-units')!.blocks;
  expect(experts.map(({ name }) => name)).toEqual([0, 1, 2].map((x) => `layers.0.experts.${x}`));
  for (const { rows, signed } of experts) {
    check(model, tensors, rows);
    check(model, tensors, signed!);
  }
  model.close();
});
