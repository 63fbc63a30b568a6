// Weights in one file or in shards: values equal those of numpy for the same bits, and an index that disagrees with its shards is refused.

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { skipped } from '../base/testing/skipped.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { type DType, readSmallFile, WeightFiles, writeSafetensors } from './index.ts';

const PYTHON = '/usr/bin/python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
skipped('numbers as PyTorch has them', hasPython ? undefined : 'python3-torch is not installed');
if (!hasPython) {
  if (process.env.CI === 'true') throw new Error('python3-torch must be there in CI');
  console.warn('skipped: what PyTorch makes of 16-bit numbers: it is not installed');
}

const root = temporaryFolder();
let folders = 0;

interface Tensor {
  name: string;
  dtype: DType;
  shape: number[];
  data: Uint8Array;
}

const write = (path: string, tensors: Tensor[]) => {
  const fd = openSync(path, 'w');
  writeSafetensors(fd, tensors);
  closeSync(fd);
};

/** A folder of shards, by name, and its index with what is to be otherwise in it. */
function sharded(shards: Record<string, Tensor[]>, other: Record<string, unknown> = {}) {
  const folder = join(root, `${folders++}`);
  mkdirSync(folder);
  const weight_map: Record<string, string> = {};
  let total_size = 0;
  for (const [file, tensors] of Object.entries(shards)) {
    write(join(folder, file), tensors);
    for (const { name, data } of tensors) {
      weight_map[name] = file;
      total_size += data.byteLength;
    }
  }
  const index = { metadata: { total_size }, weight_map, ...other };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
  return folder;
}

const floats = (name: string, ...values: number[]): Tensor => ({
  name,
  dtype: 'F32',
  shape: [values.length],
  data: new Uint8Array(Float32Array.from(values).buffer),
});

function read(folder: string, name: string, length: number, offset?: number) {
  const files = WeightFiles.open(folder);
  try {
    const target = new Float32Array(length);
    files.readFloats(name, target, offset);
    return [...target];
  } finally {
    files.close();
  }
}

const [ONE, TWO] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;

test('tensors of two shards, and of a single file, which is preferred', () => {
  const folder = sharded({ [TWO]: [floats('a', 1, 2, 3)], [ONE]: [floats('b', 4), floats('c', 5, 6)] });
  const files = WeightFiles.open(folder);
  expect(files.files.map((f) => f.name)).toEqual([ONE, TWO]);
  for (const { path, size } of files.files) expect(size).toBe(readFileSync(path).length);
  expect([...files.tensors].map(([name, t]) => [name, t.dtype, t.shape, t.file])).toEqual([
    ['b', 'F32', [1], ONE],
    ['c', 'F32', [2], ONE],
    ['a', 'F32', [3], TWO],
  ]);
  files.close();
  expect(read(folder, 'a', 3)).toEqual([1, 2, 3]);
  expect(read(folder, 'a', 2, 1)).toEqual([2, 3]);
  expect(read(folder, 'c', 2)).toEqual([5, 6]);
  expect(() => read(folder, 'a', 3, 1)).toThrow('no such range');
  write(join(folder, 'model.safetensors'), [floats('a', 7)]);
  expect(read(folder, 'a', 1)).toEqual([7]);
});

test.skipIf(!hasPython)('every 16-bit number converts to float32 as in PyTorch', () => {
  const all = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
  const data = new Uint8Array(all.buffer);
  const folder = sharded({
    [ONE]: [{ name: 'half', dtype: 'F16', shape: [256, 256], data }],
    [TWO]: [{ name: 'brain', dtype: 'BF16', shape: [1 << 16], data }],
  });
  const script = `
import sys, torch
bits = torch.arange(65536, dtype=torch.int32).to(torch.int16)
for kind in (torch.float16, torch.bfloat16):
    sys.stdout.buffer.write(bits.view(kind).float().numpy().tobytes())`;
  const theirs = execFileSync(PYTHON, ['-c', script], { maxBuffer: 1 << 20 });
  const files = WeightFiles.open(folder);
  for (const [i, name] of ['half', 'brain'].entries()) {
    const numbers = new Float32Array(1 << 16);
    files.readFloats(name, numbers);
    const ours = new Uint32Array(numbers.buffer);
    let finite = 0;
    for (let n = 0; n < 1 << 16; n++) {
      const expected = theirs.readUInt32LE((i * 65536 + n) * 4);
      const noNumber = (expected & 0x7fffffff) > 0x7f800000;
      // A processor may set a NaN's quiet bit.
      if (noNumber) expect((ours[n] | 0x400000) >>> 0).toBe((expected | 0x400000) >>> 0);
      else if (ours[n] !== expected) expect.fail(`${name} ${n.toString(16)}: ${ours[n]}, not ${expected}`);
      if (!noNumber) finite++;
    }
    expect(finite).toBe(65536 - (name === 'half' ? 2 * 1023 : 2 * 127));
  }
  files.close();
});

test.skipIf(!hasPython)('every 8-bit number converts to float32 as in PyTorch', () => {
  const data = Uint8Array.from({ length: 256 }, (_, i) => i);
  const folder = sharded({
    [ONE]: [{ name: 'e4m3', dtype: 'F8_E4M3', shape: [256], data }],
    [TWO]: [{ name: 'e5m2', dtype: 'F8_E5M2', shape: [2, 128], data }],
  });
  const script = `
import sys, torch
bits = torch.arange(256, dtype=torch.int32).to(torch.uint8)
for kind in (torch.float8_e4m3fn, torch.float8_e5m2):
    sys.stdout.buffer.write(bits.view(kind).float().numpy().tobytes())`;
  const theirs = execFileSync(PYTHON, ['-c', script]);
  const numbers = new Float32Array(theirs.buffer.slice(theirs.byteOffset, theirs.byteOffset + 2048));
  expect(read(folder, 'e4m3', 256)).toEqual([...numbers.subarray(0, 256)]);
  expect(read(folder, 'e5m2', 256)).toEqual([...numbers.subarray(256)]);
  expect(read(folder, 'e5m2', 3, 60)).toEqual([...numbers.subarray(316, 319)]);
});

// What the formats' definition says of the numbers at the edges: the smallest subnormal, the largest, what is no number.
test.each([
  ['F8_E4M3', 0x01, 2 ** -9],
  ['F8_E4M3', 0x07, 7 * 2 ** -9],
  ['F8_E4M3', 0x08, 2 ** -6],
  ['F8_E4M3', 0x7e, 448],
  ['F8_E4M3', 0x7f, Number.NaN],
  ['F8_E4M3', 0xff, Number.NaN],
  ['F8_E4M3', 0x80, -0],
  ['F8_E4M3', 0xb8, -1],
  ['F8_E5M2', 0x01, 2 ** -16],
  ['F8_E5M2', 0x04, 2 ** -14],
  ['F8_E5M2', 0x7b, 57344],
  ['F8_E5M2', 0x7c, Infinity],
  ['F8_E5M2', 0xfc, -Infinity],
  ['F8_E5M2', 0x7d, Number.NaN],
] as const)('%s: byte %i is %d', (dtype, byte, value) => {
  const folder = sharded({ [ONE]: [{ name: 'x', dtype, shape: [1], data: Uint8Array.of(byte) }] });
  expect(read(folder, 'x', 1)).toEqual([value]);
});

test('16-bit numbers longer than a piece, from any offset to any offset', () => {
  const length = 3 * (1 << 19) + 5;
  const bits = Uint16Array.from({ length }, (_, i) => (0x3f80 + (i % 61)) & 0xffff);
  const data = new Uint8Array(bits.buffer);
  // An odd number of bytes before it: nothing is aligned in the file.
  const odd: Tensor = { name: 'x', dtype: 'U8', shape: [3], data: new Uint8Array(3) };
  const folder = sharded({ [ONE]: [odd, { name: 'brain', dtype: 'BF16', shape: [length], data }] });
  const value = (i: number) => 1 + (i % 61) / 128;
  const files = WeightFiles.open(folder);
  const target = new Float32Array(length + 3).fill(-1);
  files.readFloats('brain', target.subarray(2, length - 7 + 2), 7);
  expect([...target.subarray(0, 2), ...target.subarray(length - 5)]).toEqual(Array(10).fill(-1));
  for (let i = 0; i < length - 7; i++) if (target[i + 2] !== value(i + 7)) expect.fail(`${i}: ${target[i + 2]}`);
  expect(() => files.readFloats('brain', new Float32Array(2), length - 1)).toThrow('no such range');
  expect(() => files.readFloats('x', new Float32Array(1))).toThrow(
    expect.objectContaining({ code: 'dtype-unsupported' }),
  );
  files.close();
});

test.skipIf(process.platform !== 'linux')('more shards than are open at once, in any order', () => {
  const names = Array.from({ length: 50 }, (_, i) => `model-${i}.safetensors`);
  const folder = sharded(Object.fromEntries(names.map((file, i) => [file, [floats(`t${i}`, i)]])));
  const before = readdirSync('/proc/self/fd').length;
  const files = WeightFiles.open(folder);
  const one = new Float32Array(1);
  for (let i = 0; i < 200; i++) {
    files.readFloats(`t${(i * 37) % 50}`, one);
    expect(one[0]).toBe((i * 37) % 50);
  }
  expect(readdirSync('/proc/self/fd').length - before).toBeLessThanOrEqual(16);
  // One that was closed meanwhile, and is another now.
  for (let i = 0; i < 20; i++) files.readFloats(`t${i}`, one);
  write(join(folder, names[49]), [floats('t49', 1, 2)]);
  expect(() => files.readFloats('t49', one)).toThrow(expect.objectContaining({ code: 'weights-broken' }));
  files.close();
  expect(readdirSync('/proc/self/fd')).toHaveLength(before);
});

const GOOD = { [ONE]: [floats('a', 1)], [TWO]: [floats('b', 2)] };
const map = (weight_map: unknown) => ({ weight_map });

test.each<[string, Record<string, unknown>]>([
  ['no map', map(undefined)],
  ['a map that is a list', map([ONE])],
  ['a map that is empty', map({})],
  ['a file above the folder', map({ a: '../model.safetensors', b: TWO })],
  ['a file below it', map({ a: 'x/model.safetensors', b: TWO })],
  ['an absolute file', map({ a: '/etc/x.safetensors', b: TWO })],
  ['a file of Windows', map({ a: '..\\x.safetensors', b: TWO })],
  ['a file with a zero', map({ a: `${ONE}\0.safetensors`, b: TWO })],
  ['a file of another kind', map({ a: 'pytorch_model.bin', b: TWO })],
  ['a number for a file', map({ a: 1, b: TWO })],
  ['a tensor in the other file', map({ a: TWO, b: TWO })],
  ['the files changed for each other', map({ a: TWO, b: ONE })],
  ['a tensor that is nowhere', map({ a: ONE, b: TWO, c: TWO })],
  ['a tensor left out', map({ a: ONE })],
  ['a tensor left out of a file that is named', map({ a: ONE, c: TWO })],
  ['too many files', map(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${i}`, `${i}.safetensors`])))],
  ['a total too large', { metadata: { total_size: 9 } }],
  ['a total too small', { metadata: { total_size: 7 } }],
  ['a negative total', { metadata: { total_size: -8 } }],
  ['a total in text', { metadata: { total_size: '8' } }],
  ['metadata that is a list', { metadata: [8] }],
])('an index with %s', (name, other) => {
  const folder = sharded(GOOD, other);
  if (name === 'a tensor left out') {
    // Its file is then no part of the model.
    expect(() => WeightFiles.open(folder)).toThrow(/total_size is 8/);
    return;
  }
  expect(() => WeightFiles.open(folder)).toThrow(expect.objectContaining({ code: 'weights-broken' }));
});

test('files that are missing, and no files at all', () => {
  const folder = sharded(GOOD, map({ a: ONE, b: TWO, c: 'none.safetensors' }));
  expect(() => WeightFiles.open(folder)).toThrow(expect.objectContaining({ code: 'file-missing' }));
  expect(() => WeightFiles.open(root)).toThrow(
    expect.objectContaining({ code: 'file-missing', input: join(root, 'model.safetensors') }),
  );
  const pipe = join(root, 'pipes');
  mkdirSync(pipe);
  execFileSync('mkfifo', [join(pipe, 'model.safetensors')]);
  expect(() => WeightFiles.open(pipe)).toThrow(expect.objectContaining({ code: 'safetensors-broken' }));
  expect(() => readSmallFile(join(pipe, 'model.safetensors'), 10)).toThrow(
    expect.objectContaining({ code: 'file-broken' }),
  );
});
