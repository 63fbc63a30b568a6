// gpt-oss with packed experts (MXFP4) beside the same model unpacked, as transformers unpacks it: all blocks and all rows are the same.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { type DType, writeSafetensors } from '../../formats/index.ts';
import { openStored } from './index.ts';
import { allRowsOf } from './testing/rows-of.ts';
import { type Tensor, Weights, writeFolder } from './testing/weights.ts';

const folder = temporaryFolder();

const [D, F, X, H, d] = [64, 32, 3, 4, 16];
const CONFIG = { model_type: 'gpt_oss', num_attention_heads: H, num_key_value_heads: H };
const AT = 'model.layers.0.';
const EXPERTS = `${AT}mlp.experts`;

const around = Weights.random({
  'model.embed_tokens.weight': [20, D],
  ...Object.fromEntries(['q', 'k', 'v'].map((one) => [`${AT}self_attn.${one}_proj.weight`, [H * d, D]])),
  [`${AT}self_attn.o_proj.weight`]: [D, H * d],
  [`${AT}self_attn.sinks`]: [H],
  [`${AT}input_layernorm.weight`]: [D],
  [`${AT}post_attention_layernorm.weight`]: [D],
  [`${AT}mlp.router.weight`]: [X, D],
});

/** E2M1 from its definition: a sign, two bits of exponent with bias 1, one bit of fraction. */
function e2m1(bits: number) {
  const exponent = (bits >> 1) & 3;
  const magnitude = exponent === 0 ? (bits & 1) / 2 : 2 ** (exponent - 1) * (1 + (bits & 1) / 2);
  return bits & 8 ? 0 - magnitude : magnitude;
}

interface Packed {
  blocks: Uint8Array;
  scales: Uint8Array;
  /** [experts, in, out], as the model computes with it. */
  unpacked: Tensor;
}

/** Random experts of [out, in], of which a row is in blocks of 32. */
function packed(out: number, size: number, seed: number): Packed {
  const random = randomNumbers(seed);
  const blocks = new Uint8Array((X * out * size) / 2);
  const scales = Uint8Array.from({ length: (X * out * size) / 32 }, () => 120 + wholeBelow(random, 12));
  const values = new Float32Array(X * out * size);
  for (let x = 0; x < X; x++)
    for (let o = 0; o < out; o++)
      for (let i = 0; i < size; i++) {
        const place = (x * out + o) * size + i;
        const bits = wholeBelow(random, 16);
        blocks[Math.floor(place / 2)]! |= bits << (place % 2 === 0 ? 0 : 4);
        values[(x * size + i) * out + o] = e2m1(bits) * 2 ** (scales[Math.floor(place / 32)]! - 127);
      }
  return { blocks, scales, unpacked: { shape: [X, size, out], values } };
}

const BOTH = packed(2 * F, D, 1);
const DOWN = packed(D, F, 2);

function writePacked(name: string, scales: (shape: number[]) => number[] = (shape) => shape) {
  const path = join(folder, name);
  mkdirSync(path);
  const bytes = (part: string, shape: number[], data: Uint8Array) => ({
    name: `${EXPERTS}.${part}`,
    dtype: 'U8' as DType,
    shape,
    data,
  });
  const fd = openSync(join(path, 'model.safetensors'), 'w');
  writeSafetensors(fd, [
    ...[...around.tensors].map(([one, { shape, values }]) => ({
      name: one,
      dtype: 'F32' as DType,
      shape: [...shape],
      data: new Uint8Array(values.buffer),
    })),
    bytes('gate_up_proj_blocks', [X, 2 * F, D / 32, 16], BOTH.blocks),
    bytes('gate_up_proj_scales', scales([X, 2 * F, D / 32]), BOTH.scales),
    bytes('down_proj_blocks', [X, D, F / 32, 16], DOWN.blocks),
    bytes('down_proj_scales', [X, D, F / 32], DOWN.scales),
    // Sixteen bytes and a scale without a shape: no groups to speak of.
    bytes('odd_blocks', [16], new Uint8Array(16)),
    bytes('odd_scales', [], new Uint8Array(1)),
  ]);
  closeSync(fd);
  writeFileSync(join(path, 'config.json'), JSON.stringify(CONFIG));
  return path;
}

test('the rows of packed experts', () => {
  const whole = around.copy();
  whole.tensors.set(`${EXPERTS}.gate_up_proj`, BOTH.unpacked);
  whole.tensors.set(`${EXPERTS}.down_proj`, DOWN.unpacked);
  const theirs = openStored(writeFolder(join(folder, 'unpacked'), whole, CONFIG));
  const ours = openStored(writePacked('packed'));
  expect(ours.anatomy.family).toBe('gpt-oss');
  expect(ours.anatomy.towers[0]!.groups.map(({ kind, blocks }) => [kind, blocks.length])).toEqual([
    ['experts', 1],
    ['expert-units', X],
    ['values', H],
  ]);
  expect(allRowsOf(ours)).toEqual(allRowsOf(theirs));
  expect([...ours.tensors.values()].every(({ shape }) => shape.every(Number.isSafeInteger))).toBe(true);
  expect(ours.anatomy.untested.filter(({ part }) => part.includes('expert'))).toEqual([]);
  // A range that begins and ends within a byte's pair and a group of 32.
  const view = {
    tensor: `${EXPERTS}.gate_up_proj`,
    rows: 2,
    columns: 41,
    start: 2 * D + 7,
    rowStride: 2 * D,
    columnStride: 1,
  };
  const found = new Float32Array(82);
  ours.readRows(view, [0, 1], found);
  const { values } = BOTH.unpacked;
  const expected = [2, 4].flatMap((row) => Array.from({ length: 41 }, (_, c) => values[(7 + c) * 2 * F + row]!));
  expect([...found]).toEqual(expected);
  ours.close();
  theirs.close();
});

test('scales that do not fit: the experts are named, all else is compared', () => {
  const model = openStored(writePacked('misfit', ([x, rows, groups]) => [x!, rows! * groups!]));
  expect(model.anatomy.towers[0]!.groups.map(({ kind }) => kind)).toEqual(['experts', 'values']);
  expect(model.anatomy.untested.map(({ part }) => part)).toContain('"model.layers.*.mlp.experts.gate_up_proj_blocks"');
  model.close();
});
