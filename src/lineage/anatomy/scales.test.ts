// FP8 weights with their scales, against PyTorch: blocks of 128 x 128 and of other sizes, at edges that are no whole blocks; rows; whole tensors.

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { type DType, writeSafetensors } from '../../formats/index.ts';
import { openStored } from './index.ts';

const PYTHON = '/usr/bin/python3';
const find = 'import importlib.util as u, sys; sys.exit(u.find_spec("torch") is None)';
const hasPython = spawnSync(PYTHON, ['-c', find]).status === 0;
skipped('what PyTorch makes of FP8', hasPython ? undefined : 'python3-torch is not installed');

const root = temporaryFolder();

const [D, F] = [200, 150];
const random = randomNumbers(5);

type Entry = { name: string; dtype: DType; shape: number[]; data: Uint8Array };
const floats = (name: string, shape: number[]): Entry => {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() + 0.5);
  return { name, dtype: 'F32', shape, data: new Uint8Array(values.buffer) };
};
/** Bytes that are numbers in both types. */
const bytes = (name: string, dtype: DType, shape: number[]): Entry => ({
  name,
  dtype,
  shape,
  data: Uint8Array.from(
    { length: shape[0]! * shape[1]! },
    () => Math.floor(random() * 0x7b) + (random() < 0.5 ? 0x80 : 0),
  ),
});

const LAYER = 'model.layers.0.';
const GATE = `${LAYER}mlp.gate_proj.weight`;

/** A layer whose gate is FP8, with its scales. */
function folderOf(dtype: DType, scales: Entry | undefined, blockSize?: number[]) {
  const folder = mkdtempSync(join(root, 'x'));
  const list = [
    floats(`${LAYER}input_layernorm.weight`, [D]),
    floats(`${LAYER}post_attention_layernorm.weight`, [D]),
    ...['q', 'k', 'v'].map((one) => floats(`${LAYER}self_attn.${one}_proj.weight`, [4, D])),
    floats(`${LAYER}self_attn.o_proj.weight`, [D, 4]),
    bytes(GATE, dtype, [F, D]),
    floats(`${LAYER}mlp.up_proj.weight`, [F, D]),
    floats(`${LAYER}mlp.down_proj.weight`, [D, F]),
    ...(scales ? [scales] : []),
  ];
  const fd = openSync(join(folder, 'model.safetensors'), 'w');
  writeSafetensors(fd, list);
  closeSync(fd);
  const quantization_config = { quant_method: 'fp8', ...(blockSize && { weight_block_size: blockSize }) };
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ model_type: 'llama', num_attention_heads: 1, quantization_config }),
  );
  return folder;
}

/** The gates of models, one after another, as PyTorch has them: each scale repeated over its block. */
const SCRIPT = `
import json, struct, sys, torch
for model in json.loads(sys.stdin.read()):
    data = open(model['folder'] + '/model.safetensors', 'rb').read()
    n, = struct.unpack('<Q', data[:8])
    head = json.loads(data[8:8 + n])
    def read(name, kind):
        a, b = head[name]['data_offsets']
        return torch.frombuffer(bytearray(data[8 + n + a:8 + n + b]), dtype=torch.uint8).view(kind).float().reshape(head[name]['shape'])
    kind = {'F8_E4M3': torch.float8_e4m3fn, 'F8_E5M2': torch.float8_e5m2}[head['${GATE}']['dtype']]
    w = read('${GATE}', kind)
    if model['scales']:
        s = read(model['scales'], torch.float32)
        if s.numel() > 1:
            rows, columns = model['block']
            s = s.reshape(s.shape[0], -1).repeat_interleave(rows, 0)[:w.shape[0]].repeat_interleave(columns, 1)[:, :w.shape[1]]
        w = w * s
    sys.stdout.buffer.write(w.contiguous().numpy().tobytes())`;

import { skipped } from '../../base/testing/skipped.ts';

const CASES: [what: string, dtype: DType, scales: Entry | undefined, block: [number, number], stated?: number[]][] = [
  ['blocks of 128 x 128', 'F8_E4M3', floats(`${GATE}_scale_inv`, [2, 2]), [128, 128], [128, 128]],
  ['blocks whose size no config states', 'F8_E4M3', floats(`${GATE}_scale_inv`, [2, 2]), [128, 128]],
  ['blocks of 64 x 32', 'F8_E5M2', floats(`${GATE}_scale_inv`, [3, 7]), [64, 32], [64, 32]],
  ['rows', 'F8_E4M3', floats(`${GATE}_scale`, [F, 1]), [1, D]],
  ['rows as a vector', 'F8_E4M3', floats(`${GATE}_scale`, [F]), [1, D]],
  ['the whole tensor', 'F8_E4M3', floats(`${GATE}_scale`, []), [F, D]],
  ['the whole tensor, as a vector of one', 'F8_E5M2', floats(`${GATE}_scale`, [1]), [F, D]],
  ['nothing', 'F8_E5M2', undefined, [1, 1]],
];

/** The folder of each case, and its gate as PyTorch has it: one process reads them all, since its start takes seconds. */
const models = CASES.map(([, dtype, scales, block, stated]) => ({
  folder: folderOf(dtype, scales, stated),
  scales: scales?.name ?? null,
  block,
}));
let gates: Float32Array;
beforeAll(() => {
  if (!hasPython) return;
  const out = execFileSync(PYTHON, ['-c', SCRIPT], { input: JSON.stringify(models), maxBuffer: 1 << 24 });
  gates = new Float32Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.byteLength));
  expect(gates).toHaveLength(CASES.length * F * D);
});

test.skipIf(!hasPython).each(CASES.map(([what], i) => [what, i] as const))('scales of %s', (_, i) => {
  const { folder } = models[i]!;
  const expected = gates.subarray(i * F * D, (i + 1) * F * D);
  const model = openStored(folder);
  const { rows } = model.anatomy.towers[0]!.groups.find(({ kind }) => kind === 'units')!.blocks[0]!;
  expect(rows.tensor).toBe(GATE);
  const chosen = [149, 0, 127, 128, 64];
  const target = new Float32Array(chosen.length * D);
  model.readRows(rows, chosen, target);
  expect([...target]).toEqual(chosen.flatMap((row) => [...expected.subarray(row * D, (row + 1) * D)]));
  model.close();
});

test.each([
  ['too few', floats(`${GATE}_scale_inv`, [1, 2])],
  ['of a third of a dimension', floats(`${GATE}_scale_inv`, [2, 2, 2])],
  ['none', floats(`${GATE}_scale_inv`, [0, 2])],
  ['whole numbers', { ...floats(`${GATE}_scale_inv`, [2, 2]), dtype: 'I32' as const }],
])('scales that are %s: the part is untested', (_, scales) => {
  const model = openStored(folderOf('F8_E4M3', scales));
  expect(model.anatomy.untested).toContainEqual({
    part: 'language: units of MLPs of layer 0',
    why: 'its scales have no known layout',
  });
  const view = { tensor: GATE, rows: F, columns: D, start: 0, rowStride: D, columnStride: 1 };
  expect(() => model.readRows(view, [0], new Float32Array(D))).toThrow(
    expect.objectContaining({ code: 'dtype-unsupported' }),
  );
  model.close();
});

test.each(['F64', 'I8', 'U8', 'F8_E8M0'] as const)('%s is not read, and said', (dtype) => {
  const folder = mkdtempSync(join(root, 'x'));
  const width = dtype === 'F64' ? 8 : 1;
  const fd = openSync(join(folder, 'model.safetensors'), 'w');
  writeSafetensors(fd, [
    floats(`${LAYER}input_layernorm.weight`, [D]),
    floats(`${LAYER}post_attention_layernorm.weight`, [D]),
    ...['q', 'k', 'v'].map((one) => floats(`${LAYER}self_attn.${one}_proj.weight`, [4, D])),
    floats(`${LAYER}self_attn.o_proj.weight`, [D, 4]),
    ...[
      [GATE, F, D] as const,
      [`${LAYER}mlp.up_proj.weight`, F, D] as const,
      [`${LAYER}mlp.down_proj.weight`, D, F] as const,
    ].map(([name, rows, columns]) => ({
      name,
      dtype,
      shape: [rows, columns],
      data: new Uint8Array(rows * columns * width),
    })),
  ]);
  closeSync(fd);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'llama', num_attention_heads: 1 }));
  const model = openStored(folder);
  expect(model.anatomy.towers[0]!.groups.map(({ kind }) => kind)).toEqual(['values']);
  expect(model.anatomy.untested).toContainEqual({
    part: 'language: units of MLPs of layer 0',
    why: `it is stored as ${dtype}, which is not read`,
  });
  model.close();
});
