// GGUF: numbers against numpy, a file against bytes written by hand, and hostile bytes. (checks/llama-cpp compares with llama.cpp itself.)
// JIKJI_TORTURE sets many more mutations.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { mutateBytes, Random } from '../base/testing/mutate.ts';
import { skipped } from '../base/testing/skipped.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { halfBits } from './float16.ts';
import { decodeNumbers, encodeNumbers, fromHalfBits } from './gguf-numbers.ts';
import { Gguf, type GgufInput, type GgufTensorType, type GgufValue, ggufPieces, ggufSize } from './index.ts';

const CASES = process.env.JIKJI_TORTURE ? 20_000 : 500;
const PYTHON = '/usr/bin/python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import numpy']).status === 0;
skipped('halves as numpy has them', hasPython ? undefined : 'python3-numpy is not installed');
if (!hasPython) {
  if (process.env.CI === 'true') throw new Error('python3-numpy must be there in CI');
  console.warn('skipped: what numpy makes of the same numbers: it is not installed');
}

const folder = temporaryFolder();
const path = join(folder, 'x.gguf');

const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);

/** What a numpy expression makes of values (`x`, float32, and `bits`). */
function numpy(expression: string, values: Float32Array) {
  const file = join(folder, 'values');
  writeFileSync(file, values);
  const script = `
import sys, numpy as np
np.seterr(all="ignore")
x = np.fromfile(sys.argv[1], dtype="<f4")
def q8_0(x):
    # ggml's quantize_row_q8_0_ref, in the words of numpy; all in float32.
    b = x.reshape(-1, 32)
    d = np.abs(b).max(axis=1, keepdims=True) / np.float32(127)
    i = np.where(d == 0, np.float32(0), np.float32(1) / d)
    y = b * i
    q = np.sign(y) * (np.trunc(np.abs(y)) + (np.abs(y) - np.trunc(np.abs(y)) >= np.float32(0.5)))
    return np.concatenate([d.astype("<f2").view(np.uint8), q.astype(np.int8).view(np.uint8)], axis=1)
sys.stdout.buffer.write((${expression}).tobytes())`;
  return execFileSync(PYTHON, ['-c', script, file], { maxBuffer: 1 << 28 });
}

describe('numbers', () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00], // from here on infinity is nearest
    [-65520, 0xfc00],
    [1e38, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // half of the smallest: to even
    [2 ** -25 * 1.0001, 0x0001],
    [2 ** -24 * 1.5, 0x0002], // between the first and the second: to even
    [2 ** -24 * 2.5, 0x0002],
    [2 ** -14 - 2 ** -25, 0x0400], // up over the border of the subnormal ones
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -23, 0x3c01],
    [2047.5, 0x6800], // a carry into the exponent
  ])('%d is %d as F16', (value, half) => {
    expect(halfBits(bitsOf(Float32Array.of(value))[0])).toBe(half);
  });

  test('NaN stays NaN', () => {
    for (const bits of [0x7fc00000, 0x7f800001, 0xffffffff]) expect(fromHalfBits(halfBits(bits))).toBeNaN();
  });

  test('every F16 goes to float32 and back', () => {
    for (let half = 0; half < 65536; half++) {
      const value = fromHalfBits(half);
      if (!Number.isNaN(value)) expect(halfBits(bitsOf(Float32Array.of(value))[0])).toBe(half);
    }
  });

  test.skipIf(!hasPython)('F16 of all halves, all midpoints, their neighbours and random bits: as numpy', () => {
    const list: number[] = [];
    for (let half = 0; half < 0x7c00; half++) {
      const value = bitsOf(Float32Array.of(fromHalfBits(half)))[0];
      const next = half === 0x7bff ? 0x47800000 : bitsOf(Float32Array.of(fromHalfBits(half + 1)))[0];
      const middle = bitsOf(
        Float32Array.of((fromHalfBits(half) + (half === 0x7bff ? 65536 : fromHalfBits(half + 1))) / 2),
      )[0];
      list.push(value, value + 1, middle - 1, middle, middle + 1, next - 1);
    }
    const random = new Random(1);
    for (let i = 0; i < 50_000; i++) list.push(random.next() & 0x7fffffff);
    const bits = Uint32Array.from(list.filter((b) => b <= 0x7f800000).flatMap((b) => [b, (b | 0x80000000) >>> 0]));
    const values = new Float32Array(bits.buffer);
    expect(Buffer.compare(encodeNumbers('F16', values), numpy('x.astype("<f2")', values))).toBe(0);
    const halves = new Float32Array(values.length);
    decodeNumbers('F16', encodeNumbers('F16', values), halves);
    expect(Buffer.compare(Buffer.from(halves.buffer), numpy('x.astype("<f2").astype("<f4")', values))).toBe(0);
  });

  test('a block of Q8_0 by hand', () => {
    // Largest magnitude 127: d is 1, each value its own rounding, halves away from zero.
    const values = Float32Array.from({ length: 32 }, (_, i) => [-127, 0.5, -0.5, 1.5, -1.5, 2.49, -126.5, 0][i] ?? i);
    const bytes = encodeNumbers('Q8_0', values);
    expect([...bytes.subarray(0, 2)]).toEqual([0x00, 0x3c]);
    expect([...new Int8Array(bytes.buffer, 2, 10)]).toEqual([-127, 1, -1, 2, -2, 2, -127, 0, 8, 9]);
    expect(encodeNumbers('Q8_0', new Float32Array(32))).toEqual(new Uint8Array(34));
    // So small that 1/d is infinite: nothing is left, and nothing that is not a number.
    expect(encodeNumbers('Q8_0', new Float32Array(32).fill(1e-42))).toEqual(new Uint8Array(34));
    const back = new Float32Array(32);
    decodeNumbers('Q8_0', bytes, back);
    expect([...back.subarray(0, 9)]).toEqual([-127, 1, -1, 2, -2, 2, -127, 0, 8]);
  });

  test.skipIf(!hasPython)('Q8_0 of numbers of every size, many at midpoints: as numpy', () => {
    const random = new Random(2);
    const values = new Float32Array(32 * 4000);
    for (let block = 0; block < values.length; block += 32) {
      const most = 2 ** (random.below(45) - 30) * (1 + random.below(100) / 99);
      for (let i = block; i < block + 32; i++) {
        const x = (random.next() / 2 ** 31 - 1) * most;
        values[i] = random.below(2) ? x : ((Math.round((x / most) * 127) + 0.5) / 127) * most;
      }
    }
    expect(Buffer.compare(encodeNumbers('Q8_0', values), numpy('q8_0(x)', values))).toBe(0);
  });
});

const METADATA: [string, GgufValue][] = [
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['a.uint8', { type: 'uint8', value: 255 }],
  ['a.int8', { type: 'int8', value: -128 }],
  ['a.uint16', { type: 'uint16', value: 65535 }],
  ['a.int16', { type: 'int16', value: -32768 }],
  ['a.uint32', { type: 'uint32', value: 2 ** 32 - 1 }],
  ['a.int32', { type: 'int32', value: -(2 ** 31) }],
  ['a.float32', { type: 'float32', value: Math.fround(1e-5) }],
  ['a.bool', { type: 'bool', value: true }],
  ['a.한글', { type: 'string', value: '\ufeff한글 \u0000 "' }],
  ['a.uint64', { type: 'uint64', value: 2n ** 64n - 1n }],
  ['a.int64', { type: 'int64', value: -(2n ** 63n) }],
  ['a.float64', { type: 'float64', value: Math.PI }],
  ['a.strings', { type: 'array', of: 'string', value: ['Ġ', '', '안'] }],
  ['a.bools', { type: 'array', of: 'bool', value: [true, false] }],
  ['a.none', { type: 'array', of: 'int32', value: [] }],
  [
    'a.nested',
    {
      type: 'array',
      of: 'array',
      value: [
        { type: 'array', of: 'uint8', value: [1, 2] },
        { type: 'array', of: 'string', value: ['x'] },
      ],
    },
  ],
];

const values = (length: number) => Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(i) * 3));
const tensor = (name: string, type: GgufTensorType, shape: number[], cut = 64): GgufInput => ({
  name,
  type,
  shape,
  *values() {
    const all = values(shape.reduce((a, b) => a * b, 1));
    for (let at = 0; at < all.length; at += cut) yield all.subarray(at, at + cut);
  },
});
const TENSORS = [
  tensor('a.weight', 'F32', [3, 5]),
  tensor('b.weight', 'F16', [7]),
  tensor('c.weight', 'Q8_0', [3, 64]),
  tensor('d.weight', 'F32', [2, 1, 2, 2]),
];

const fileOf = (metadata: [string, GgufValue][], tensors: GgufInput[]) =>
  Buffer.concat([...ggufPieces(metadata, tensors)]);
const WHOLE = fileOf(METADATA, TENSORS);

/** Metadata and values of a file; undefined where it is refused. */
function readAll(
  bytes: Uint8Array,
): { metadata: [string, GgufValue][]; tensors: [string, Float32Array][] } | undefined {
  writeFileSync(path, bytes);
  let file: Gguf;
  try {
    file = Gguf.open(path);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    expect(['gguf-broken', 'gguf-unsupported']).toContain(error.code);
    expect(error.input).toBe(path);
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).not.toMatch(/[\u0000-\u001f]|undefined|\[object/);
    return undefined;
  }
  try {
    const tensors = [...file.tensors].map(([name, { shape }]): [string, Float32Array] => {
      const target = new Float32Array(shape.reduce((a, b) => a * b, 1));
      file.read(name, target);
      return [name, target];
    });
    return { metadata: [...file.metadata], tensors };
  } finally {
    file.close();
  }
}

test('written files are read back, parts of tensors too', () => {
  expect(WHOLE.length).toBe(ggufSize(METADATA, TENSORS));
  const { metadata, tensors } = readAll(WHOLE)!;
  expect(metadata).toEqual(METADATA);
  expect(tensors.map(([name]) => name)).toEqual(TENSORS.map(({ name }) => name));
  const [a, b, c] = tensors.map(([, read]) => read) as [Float32Array, Float32Array, Float32Array];
  expect(a).toEqual(values(15));
  values(7).forEach((x, i) => {
    expect(Math.abs(b[i] - x)).toBeLessThanOrEqual(2 ** -10);
  });
  values(192).forEach((x, i) => {
    expect(Math.abs(c[i] - x)).toBeLessThanOrEqual(3 / 127 / 2 + 3 * 2 ** -11); // half a step, and the scale's own rounding
  });
  const file = Gguf.open(path);
  expect(file.tensors.get('d.weight')!.shape).toEqual([2, 1, 2, 2]);
  for (const { at } of file.tensors.values()) expect(at % 32).toBe(0);
  const part = new Float32Array(64);
  file.read('c.weight', part, 96);
  expect(part).toEqual(c.subarray(96, 160));
  const two = new Float32Array(2);
  file.read('a.weight', two, 13);
  expect(two).toEqual(a.subarray(13));
  expect(() => file.read('a.weight', two, 14)).toThrow('no such range');
  expect(() => file.read('c.weight', two)).toThrow('no such range');
  expect(() => file.read('c.weight', part, 5)).toThrow('no such range');
  expect(() => file.read('none', part)).toThrow('no such range');
  file.close();
});

const u32 = (n: number) => Buffer.from(Uint32Array.of(n).buffer);
const u64 = (n: bigint | number) => Buffer.from(BigUint64Array.of(BigInt(n)).buffer);
const text = (s: string | Buffer) => Buffer.concat([u64(Buffer.from(s as string).length), Buffer.from(s as string)]);
const padded = (b: Buffer, alignment = 32) =>
  Buffer.concat([b, Buffer.alloc((alignment - (b.length % alignment)) % alignment)]);

/** A file put together by hand from keys, descriptions of tensors, and bytes of data. */
function handmade(keys: Buffer[], tensors: Buffer[], data: Buffer | number = 0, { version = 3, alignment = 32 } = {}) {
  const head = [Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(keys.length), ...keys, ...tensors];
  return Buffer.concat([
    padded(Buffer.concat(head), alignment),
    typeof data === 'number' ? Buffer.alloc(data, 0x11) : data,
  ]);
}
const key = (name: string, type: number, value: Buffer) => Buffer.concat([text(name), u32(type), value]);
const info = (name: string, sizes: (number | bigint)[], type: number, offset: number | bigint) =>
  Buffer.concat([text(name), u32(sizes.length), ...sizes.map(u64), u32(type), u64(offset)]);
const array = (of: number, count: number | bigint, ...elements: Buffer[]) =>
  Buffer.concat([u32(of), u64(count), ...elements]);

test('the bytes are those of the specification', () => {
  const metadata: [string, GgufValue][] = [
    ['k', { type: 'uint32', value: 7 }],
    ['s', { type: 'array', of: 'string', value: ['ab', ''] }],
    ['t', { type: 'bool', value: true }],
  ];
  const tensors: GgufInput[] = [
    { name: 'x', type: 'F32', shape: [2, 3], values: () => [Float32Array.of(1, 2, 3, 4, 5, 6)] },
    { name: 'y', type: 'F16', shape: [2], values: () => [Float32Array.of(1), Float32Array.of(-2)] },
  ];
  const byHand = handmade(
    [key('k', 4, u32(7)), key('s', 9, array(8, 2, text('ab'), text(''))), key('t', 7, Buffer.of(1))],
    [info('x', [3, 2], 0, 0), info('y', [2], 1, 32)], // the size of a row first
    Buffer.concat([
      padded(Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)),
      padded(Buffer.from('003c00c0', 'hex')),
    ]),
  );
  expect(fileOf(metadata, tensors).toString('hex')).toBe(byHand.toString('hex'));
});

test('truncated at every length', () => {
  // (The last tensor ends at the alignment, so no padding can be missing.)
  for (let length = 0; length < WHOLE.length; length++) {
    expect(readAll(WHOLE.subarray(0, length)), `${length} bytes`).toBeUndefined();
  }
});

describe('hostile headers', () => {
  const huge = 2n ** 64n - 1n;
  const withKeys = (...keys: Buffer[]) => handmade(keys, []);
  const withTensors = (bytes: number, ...tensors: Buffer[]) => handmade([], tensors, bytes);
  const CASES: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['another magic', Buffer.concat([Buffer.from('GGML'), WHOLE.subarray(4)])],
    ['version 1', handmade([], [], 0, { version: 1 })],
    ['version 4', handmade([], [], 0, { version: 4 })],
    ['big-endian', handmade([], [], 0, { version: 0x03000000 })],
    ['2^64 - 1 tensors', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(huge), u64(0)])],
    ['2^64 - 1 keys', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0), u64(huge)])],
    ['more tensors than bytes', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(90_000), u64(0), Buffer.alloc(1000)])],
    ['more keys than bytes', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0), u64(60_000), Buffer.alloc(1000)])],
    ['a key of 2^64 - 1 bytes', handmade([Buffer.concat([u64(huge), u32(4), u32(0)])], [])],
    ['a key longer than the file', handmade([Buffer.concat([u64(60_000), u32(4), u32(0)])], [])],
    ['a key that is not UTF-8', handmade([Buffer.concat([text(Buffer.of(0xff)), u32(4), u32(0)])], [])],
    ['a key twice', withKeys(key('a', 4, u32(0)), key('a', 5, u32(0)))],
    ['a value of unknown type', withKeys(key('a', 13, u32(0)))],
    ['a text of 2^53 bytes', withKeys(key('a', 8, u64(2n ** 53n)))],
    ['a truth value of 2', withKeys(key('a', 7, Buffer.of(2)))],
    ['an array of 2^64 - 1', withKeys(key('a', 9, array(0, huge)))],
    ['an array of 2^40', withKeys(key('a', 9, array(0, 2n ** 40n)))],
    ['an array longer than the file', withKeys(key('a', 9, array(8, 100_000)))],
    ['an array of unknown type', withKeys(key('a', 9, array(99, 0)))],
    [
      'arrays in arrays without end',
      withKeys(key('a', 9, Buffer.concat(Array.from({ length: 10_000 }, () => array(9, 1))))),
    ],
    ['an alignment of 0', withKeys(key('general.alignment', 4, u32(0)))],
    ['an alignment of 33', withKeys(key('general.alignment', 4, u32(33)))],
    ['an alignment of 2^31', withKeys(key('general.alignment', 4, u32(2 ** 31)))],
    ['an alignment in words', withKeys(key('general.alignment', 8, text('32')))],
    ['a tensor twice', withTensors(64, info('x', [8], 0, 0), info('x', [8], 0, 32))],
    ['a tensor with a long name', withTensors(32, info('x'.repeat(64), [8], 0, 0))],
    ['no dimension', withTensors(32, info('x', [], 0, 0))],
    ['five dimensions', withTensors(32, info('x', [1, 1, 1, 1, 1], 0, 0))],
    ['2^32 - 1 dimensions', handmade([], [Buffer.concat([text('x'), u32(2 ** 32 - 1), u64(1)])], 100)],
    ['a size of 2^64 - 1', withTensors(32, info('x', [huge], 0, 0))],
    ['a product of 2^64', withTensors(32, info('x', [2n ** 32n, 2n ** 32n], 0, 0))],
    ['a product of 2^64 and nothing', withTensors(32, info('x', [2n ** 52n, 2n ** 52n, 0], 0, 0))],
    ['an unknown type', withTensors(32, info('x', [8], 77, 0))],
    ['half a block', withTensors(64, info('x', [16, 2], 8, 0))],
    ['a place out of line', withTensors(64, info('x', [8], 0, 4))],
    ['a place beyond the file', withTensors(64, info('x', [8], 0, 64))],
    ['a place of 2^64 - 32', withTensors(64, info('x', [8], 0, huge - 31n))],
    ['a place of 2^53 - 32', withTensors(64, info('x', [8], 0, 2n ** 53n - 32n))],
    ['an end beyond the file', withTensors(32, info('x', [9], 0, 0))],
    ['two in one place', withTensors(64, info('x', [8], 0, 0), info('y', [8], 0, 0))],
    ['two that overlap', withTensors(64, info('x', [9], 0, 0), info('y', [8], 0, 32))],
    ['a name that speaks to terminals', withTensors(64, info('\u001b[2J', [8], 99, 0))],
  ];
  test.each(CASES)('%s', (_, bytes) => {
    expect(readAll(bytes)).toBeUndefined();
  });

  const ODD: [string, Buffer, string[]][] = [
    ['nothing in it', handmade([], []), []],
    ['version 2', handmade([], [info('x', [8], 0, 0)], 32, { version: 2 }), ['x']],
    [
      'an alignment of 64',
      handmade([key('general.alignment', 4, u32(64))], [info('x', [8], 0, 64)], 96, { alignment: 64 }),
      ['x'],
    ],
    ['another order of bytes', withTensors(64, info('x', [8], 0, 32), info('y', [8], 0, 0)), ['x', 'y']],
    ['an empty tensor', withTensors(32, info('x', [0], 0, 0), info('y', [8], 0, 0)), ['x', 'y']],
    ['no padding at the end', withTensors(4, info('x', [1], 0, 0)), ['x']],
  ];
  test.each(ODD)('%s is read', (_, bytes, names) => {
    expect(readAll(bytes)?.tensors.map(([name]) => name)).toEqual(names);
  });
});

test(`${CASES} mutations: refused, or read to the end; memory stays small`, { timeout: 3_600_000 }, () => {
  let read = 0;
  for (let seed = 0; seed < CASES; seed++) {
    if (readAll(mutateBytes(WHOLE, new Random(seed)))) read++;
  }
  expect(read).toBeGreaterThan(CASES / 20);
  expect(read).toBeLessThan(CASES);
  expect(process.resourceUsage().maxRSS).toBeLessThan(1 << 20); // KiB
});

test('a folder, a missing file, a file that becomes shorter while it is open', () => {
  mkdirSync(join(folder, 'd'));
  expect(() => Gguf.open(join(folder, 'd'))).toThrow(expect.objectContaining({ code: 'gguf-broken' }));
  expect(() => Gguf.open(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'file-missing' }));
  writeFileSync(path, WHOLE);
  const file = Gguf.open(path);
  writeFileSync(path, readFileSync(path).subarray(0, WHOLE.length - 60));
  expect(() => file.read('d.weight', new Float32Array(8))).toThrow(expect.objectContaining({ code: 'gguf-broken' }));
  file.close();
});

test('a pipe that nobody writes to does not hold up the reader', () => {
  const pipe = join(folder, 'pipe.gguf');
  execFileSync('mkfifo', [pipe]);
  expect(() => Gguf.open(pipe)).toThrow(/not a file/);
});

test('invalid input to the writer is a bug', () => {
  const wrong = (input: Partial<GgufInput>) => () => fileOf([], [{ ...tensor('x', 'F32', [4]), ...input }]);
  expect(wrong({ shape: [5] })).toThrow('bytes for');
  expect(wrong({ type: 'Q8_0', shape: [16] })).toThrow('as Q8_0');
  expect(wrong({ name: 'x'.repeat(64) })).toThrow('longer');
  expect(() => encodeNumbers('Q8_0', new Float32Array(31))).toThrow('not whole blocks');
});
