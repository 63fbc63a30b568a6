// The blocks of few bits: by hand, against a writer that puts bits where the structs have them, against what ggml gave for random blocks, and
// in files.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { mutateBytes, Random } from '../base/testing/mutate.ts';
import { randomNumbers, wholeBelow } from '../base/testing/random-numbers.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { BLOCK_TYPES, decodeBlocks, type GgufBlockType } from './gguf-blocks.ts';
import { fromHalfBits } from './gguf-numbers.ts';
import { Gguf } from './index.ts';
import { blocksFile } from './testing/blocks-file.ts';
import { randomBlocks } from './testing/random-blocks.ts';

const folder = temporaryFolder();

const TYPES = Object.keys(BLOCK_TYPES) as GgufBlockType[];

function decoded(type: GgufBlockType, bytes: Uint8Array): Float32Array {
  const out = new Float32Array((bytes.length / BLOCK_TYPES[type].bytes) * BLOCK_TYPES[type].block);
  decodeBlocks(type, bytes, out);
  return out;
}

/** Where a whole number has its bits, the low ones first. */
type Piece = readonly [byte: number, bit: number, width: number];

interface Layout {
  /** Places of d, and of dmin or m. */
  halves: readonly number[];
  /** Elements that share a scale. */
  group: number;
  quant(element: number): readonly Piece[];
  scale?(group: number): readonly Piece[];
  minimum?(group: number): readonly Piece[];
  /** Element by d, m, and the whole numbers, each product and sum rounded. */
  value(of: { d: number; m: number; q: number; s: number; min: number }): number;
}

const f = Math.fround;
const div = (a: number, b: number) => Math.floor(a / b);
/** 16 bytes of nibbles: elements 0 to 15 low, 16 to 31 high. */
const nibble = (at: number, e: number): Piece => [at + (e % 16), e < 16 ? 0 : 4, 4];
/** qh as a number of 32 bits, whose bit e is the fifth of element e. */
const fifth = (at: number, e: number): Piece => [at + div(e, 8), e % 8, 1];
/** qs of Q2_K and Q3_K, qh of Q6_K: bytes of 128 elements in 32, pairs of elements 0, 32, 64, 96 on in one byte. */
const pair = (at: number, e: number): Piece => [at + 32 * div(e, 128) + (e % 32), 2 * (div(e, 32) % 4), 2];
/** qs of Q4_K and Q5_K: bytes of 64 elements in 32. */
const low = (at: number, e: number): Piece => [at + 32 * div(e, 64) + (e % 32), 4 * (div(e, 32) % 2), 4];
const scaleK = (at: number, g: number): Piece[] =>
  g < 4
    ? [[at + g, 0, 6]]
    : [
        [at + 4 + g, 0, 4],
        [at + g - 4, 6, 2],
      ];
const minimumK = (at: number, g: number): Piece[] =>
  g < 4
    ? [[at + 4 + g, 0, 6]]
    : [
        [at + 4 + g, 4, 4],
        [at + g, 6, 2],
      ];
const affine: Layout['value'] = ({ d, m, q, s, min }) => f(f(f(d * s) * q) - f(m * min));

const LAYOUTS: Record<GgufBlockType, Layout> = {
  Q4_0: { halves: [0], group: 32, quant: (e) => [nibble(2, e)], value: ({ d, q }) => f(d * (q - 8)) },
  Q4_1: { halves: [0, 2], group: 32, quant: (e) => [nibble(4, e)], value: ({ d, m, q }) => f(f(d * q) + m) },
  Q5_0: {
    halves: [0],
    group: 32,
    quant: (e) => [nibble(6, e), fifth(2, e)],
    value: ({ d, q }) => f(d * (q - 16)),
  },
  Q5_1: {
    halves: [0, 2],
    group: 32,
    quant: (e) => [nibble(8, e), fifth(4, e)],
    value: ({ d, m, q }) => f(f(d * q) + m),
  },
  Q2_K: {
    halves: [80, 82],
    group: 16,
    quant: (e) => [pair(16, e)],
    scale: (g) => [[g, 0, 4]],
    minimum: (g) => [[g, 4, 4]],
    value: affine,
  },
  Q3_K: {
    halves: [108],
    group: 16,
    quant: (e) => [pair(32, e), [e % 32, div(e, 32), 1]],
    scale: (g) => [
      [96 + (g % 8), g < 8 ? 0 : 4, 4],
      [104 + (g % 4), 2 * div(g, 4), 2],
    ],
    value: ({ d, q, s }) => f(f(d * (s - 32)) * (q - 4)),
  },
  Q4_K: {
    halves: [0, 2],
    group: 32,
    quant: (e) => [low(16, e)],
    scale: (g) => scaleK(4, g),
    minimum: (g) => minimumK(4, g),
    value: affine,
  },
  Q5_K: {
    halves: [0, 2],
    group: 32,
    quant: (e) => [low(48, e), [16 + (e % 32), div(e, 32), 1]],
    scale: (g) => scaleK(4, g),
    minimum: (g) => minimumK(4, g),
    value: affine,
  },
  Q6_K: {
    halves: [208],
    group: 16,
    quant: (e) => [[64 * div(e, 128) + (e % 64), e % 128 < 64 ? 0 : 4, 4], pair(128, e)],
    scale: (g) => [[192 + g, 0, 8]],
    value: ({ d, q, s }) => f(f(d * (s < 128 ? s : s - 256)) * (q - 32)),
  },
  MXFP4: {
    halves: [],
    group: 32,
    quant: (e) => [nibble(1, e)],
    scale: () => [[0, 0, 8]],
    // E2M1: a sign, two bits of exponent (bias 1), one bit of fraction; times 2^(e - 127).
    value: ({ q, s }) => {
      const exponent = (q >> 1) & 3;
      const magnitude = exponent === 0 ? (q & 1) / 2 : 2 ** (exponent - 1) * (1 + (q & 1) / 2);
      return f((q & 8 ? 0 - magnitude : magnitude) * 2 ** (s - 127));
    },
  },
};

/** A random block written bit by bit, and its values. */
function written(type: GgufBlockType, random: () => number): { bytes: Uint8Array; values: number[] } {
  const { halves, group, quant, scale, minimum, value } = LAYOUTS[type];
  const { block, bytes: size } = BLOCK_TYPES[type];
  const bits = new Uint8Array(size * 8);
  const taken = new Uint8Array(size * 8);
  const put = (whole: number, pieces: readonly Piece[]) => {
    let rest = whole;
    for (const [byte, bit, width] of pieces)
      for (let i = 0; i < width; i++) {
        const at = byte * 8 + bit + i;
        taken[at]++;
        bits[at] = rest & 1;
        rest >>= 1;
      }
  };
  const any = (pieces: readonly Piece[] | undefined) => {
    if (!pieces) return 0;
    const whole = wholeBelow(random, 2 ** pieces.reduce((sum, [, , width]) => sum + width, 0));
    put(whole, pieces);
    return whole;
  };
  const [d = 0, m = 0] = halves.map((byte) => {
    const half = wholeBelow(random, 2) * 0x8000 + wholeBelow(random, 0x4000);
    put(half, [[byte, 0, 16]]);
    return fromHalfBits(half);
  });
  const groups = Array.from({ length: block / group }, (_, g) => ({ s: any(scale?.(g)), min: any(minimum?.(g)) }));
  const values = Array.from({ length: block }, (_, e) => value({ d, m, q: any(quant(e)), ...groups[div(e, group)] }));
  expect(taken.every((one) => one === 1)).toBe(true);
  const bytes = Uint8Array.from({ length: size }, (_, i) =>
    bits.subarray(i * 8, i * 8 + 8).reduce((sum, bit, k) => sum | (bit << k), 0),
  );
  return { bytes, values };
}

test.each(TYPES)('%s: random blocks, written bit by bit', (type) => {
  const random = randomNumbers(5);
  for (let i = 0; i < 20; i++) {
    const { bytes, values } = written(type, random);
    expect([...decoded(type, bytes)]).toEqual(values);
  }
});

/**
 * SHA-256 of the float32 that dequantize_row_* of ggml 0.4.0 (node-llama-cpp 3.21.1, Linux on x64) wrote for `randomBlocks(type, 500, 1)`.
 * `npm run check:llama-cpp` asks ggml again.
 */
const OF_GGML: Record<GgufBlockType, string> = {
  Q4_0: 'e0cddfefdf27743186016e958904563847a3dcb096b025e5000fbfa5da27f1b0',
  Q4_1: 'bff58c82e0cc848379eb222483ee409a1b9261ca120eaf8327c73e07d8cd90c8',
  Q5_0: '52b35a264243f16d4a04c7a5af07662867f8c172ed5e851068acca83423acb00',
  Q5_1: 'baa0d9a35d76ac10b68a52d343e82b114759f165378b76134d2dfe3989a5e3bc',
  Q2_K: 'b7c2e2b02be962e2bce6f9a34a996b93b431903f8078880716d871f7fb0e35cb',
  Q3_K: 'e167476b9983c1f6ecdf57f93fab94a4e79148623ba1ed09d86c55818bf9e2db',
  Q4_K: '70a81298f247f435b2e81adabc481e46f8955a10450199c5fe6caabb86657673',
  Q5_K: '7cb212a2d5c597ad28e426bba88c793dcaba94c668577d5ecb5ebcccf26ef080',
  Q6_K: 'af729c2a54347dc69e654ddb6ffae710eea052cd8cd197da61534c94429b9a4a',
  MXFP4: 'e06419fec890a03fb828e8eac642d4b7edc51c9c03d5b242b6205343ffb857fe',
};

test.each(TYPES)('%s: the bits that ggml gives for random blocks', (type) => {
  const out = decoded(type, randomBlocks(type, 500, 1));
  expect(createHash('sha256').update(new Uint8Array(out.buffer)).digest('hex')).toBe(OF_GGML[type]);
});

describe('by hand', () => {
  test('Q4_0', () => {
    // d = 0.5; byte 0 has elements 0 (15) and 16 (1), all others are 8.
    const bytes = new Uint8Array(18).fill(0x88);
    bytes.set([0x00, 0x38, 0x1f]);
    const values = new Array(32).fill(0);
    values[0] = 3.5;
    values[16] = -3.5;
    expect([...decoded('Q4_0', bytes)]).toEqual(values);
  });

  test('Q4_K', () => {
    // d = 1, dmin = 2. Group 1: scale 3, minimum 5. Group 6: scale 0b10_0001 = 33, minimum 0b01_0010 = 18.
    const bytes = new Uint8Array(144);
    bytes.set([0x00, 0x3c, 0x00, 0x40]);
    bytes[4 + 1] = 3;
    bytes[4 + 5] = 5;
    bytes[4 + 10] = 0x21;
    bytes[4 + 2] = 0x80;
    bytes[4 + 6] = 0x40;
    // Element 32 (group 1, the high half of byte 0) is 7, element 193 (group 6, the low half of byte 97) is 2.
    bytes[16] = 0x70;
    bytes[16 + 97] = 0x02;
    const out = decoded('Q4_K', bytes);
    expect([out[0], out[31], out[32], out[33], out[64]]).toEqual([0, 0, 3 * 7 - 10, -10, 0]);
    expect([out[191], out[192], out[193], out[224]]).toEqual([0, -36, 33 * 2 - 36, 0]);
  });

  test('Q6_K', () => {
    // d = 0.25; scale 9 is -2; element 150 = 16 * 9 + 6 has low bits 5 (byte 64 + 22) and high bits 3 (byte 32 + 22, its lowest).
    const bytes = new Uint8Array(210);
    bytes.set([0x00, 0x34], 208);
    bytes[192 + 9] = 0xfe;
    bytes[64 + 22] = 0x05;
    bytes[128 + 32 + 22] = 0x03;
    const out = decoded('Q6_K', bytes);
    expect([out[149], out[150], out[151]]).toEqual([16, -0.5 * (0x35 - 32), 16]);
    expect(out.subarray(144, 160).every((value, i) => i === 6 || value === 16)).toBe(true);
  });
});

test('a scale that is no finite number gives what Q8_0 gives for it', () => {
  const bytes = new Uint8Array(18).fill(0x98);
  bytes.set([0x00, 0x7c]);
  const out = decoded('Q4_0', bytes);
  // 8 stands for zero, and 9 for one.
  expect(out.subarray(0, 16).every(Number.isNaN)).toBe(true);
  expect(out.subarray(16).every((value) => value === Infinity)).toBe(true);
  bytes.set([0x01, 0xfe]);
  expect(decoded('Q4_0', bytes).every(Number.isNaN)).toBe(true);
});

describe('in a file', () => {
  const open = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  test.each(TYPES)('%s: whole blocks from any place, for those who ask for them', (type) => {
    const { block } = BLOCK_TYPES[type];
    const data = randomBlocks(type, 12, 3);
    const path = open(`${type}.gguf`, blocksFile([{ name: 'w', type, shape: [4, 3 * block], data }]));
    expect(() => Gguf.open(path)).toThrow(
      expect.objectContaining({ code: 'gguf-unsupported', message: expect.stringContaining(`"w" is of ${type}`) }),
    );
    const file = Gguf.open(path, { others: true });
    const all = decoded(type, data);
    const some = new Float32Array(5 * block);
    file.read('w', some, 4 * block);
    expect(some).toEqual(all.subarray(4 * block, 9 * block));
    expect(() => file.read('w', some, 1)).toThrow('no such range');
    expect(() => file.read('w', some, 8 * block)).toThrow('no such range');
    file.close();
  });

  test('one that ends too early, and rows that are not whole blocks', () => {
    const data = randomBlocks('Q6_K', 2, 3);
    const whole = blocksFile([{ name: 'w', type: 'Q6_K', shape: [2, 256], data }]);
    expect(() => Gguf.open(open('cut.gguf', whole.subarray(0, -29)), { others: true })).toThrow(
      expect.objectContaining({ code: 'gguf-broken', message: expect.stringContaining('ends at byte') }),
    );
    const odd = blocksFile([{ name: 'w', type: 'Q6_K', shape: [4, 128], data }]);
    expect(() => Gguf.open(open('odd.gguf', odd), { others: true })).toThrow(/rows of 128, which are not whole blocks/);
  });

  test('300 mutations of a file with all types: refused, or read to the end', () => {
    const inputs = TYPES.map((type) => {
      const shape = [2, BLOCK_TYPES[type].block];
      return { name: `w.${type}`, type, shape, data: randomBlocks(type, 2, 7) };
    });
    const whole = blocksFile(inputs);
    let read = 0;
    for (let seed = 0; seed < 300; seed++) {
      const path = open('mutated.gguf', mutateBytes(whole, new Random(seed)));
      try {
        const file = Gguf.open(path, { others: true });
        for (const [name, { shape }] of file.tensors)
          file.read(name, new Float32Array(shape.reduce((a, b) => a * b, 1)));
        file.close();
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(JikjiError);
      }
    }
    expect(read).toBeGreaterThan(30);
    expect(read).toBeLessThan(300);
  });
});
