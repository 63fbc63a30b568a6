// Types of GGUF's tensors that are blocks of few bits a weight, by the structs of ggml-common.h in llama.cpp (the layouts) and dequantize_row_*
// of ggml-quants.c there (what they mean). They are read row by row, to be compared; no model is computed from them. Knows no files.

import { fromHalfBits } from './gguf-numbers.ts';
import { fromMxfp4 } from './mxfp4.ts';

/**
 * Writes one block's numbers to `out` from `to` on. Products of a half and whole numbers of so few bits are exact in float32; a sum is rounded once.
 * A scale that is infinite or not a number is taken as it is, as for Q8_0.
 */
type Decode = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

interface BlockLayout {
  /** In the file. */
  number: number;
  /** Elements of a block. */
  block: number;
  /** Bytes of a block. */
  bytes: number;
  decode: Decode;
}

const half = (bytes: Uint8Array, at: number) => fromHalfBits(bytes[at] | (bytes[at + 1] << 8));

/** 32 elements: the low four bits of 16 bytes, then their high four. `fifth`, if any, is the place of 32 more bits, one for each element. */
function nibbles(bytes: Uint8Array, i: number, at: number, fifth?: number): number {
  const low = (bytes[at + (i & 15)] >> (i < 16 ? 0 : 4)) & 15;
  return fifth === undefined ? low : low | (((bytes[fifth + (i >> 3)] >> (i & 7)) & 1) << 4);
}

/** d * (q - middle). Q4_0: half d, 16 bytes. Q5_0: half d, 4 bytes of fifth bits, 16 bytes. */
const symmetric =
  (middle: number, fifth?: number): Decode =>
  (bytes, at, out, to) => {
    const d = half(bytes, at);
    const five = fifth === undefined ? undefined : at + fifth;
    const quants = at + (fifth === undefined ? 2 : 6);
    for (let i = 0; i < 32; i++) out[to + i] = d * (nibbles(bytes, i, quants, five) - middle);
  };

/** d * q + m. Q4_1: half d, half m, 16 bytes. Q5_1: half d, half m, 4 bytes of fifth bits, 16 bytes. */
const withMinimum =
  (fifth?: number): Decode =>
  (bytes, at, out, to) => {
    const d = half(bytes, at);
    const m = half(bytes, at + 2);
    const five = fifth === undefined ? undefined : at + fifth;
    const quants = at + (fifth === undefined ? 4 : 8);
    for (let i = 0; i < 32; i++) out[to + i] = d * nibbles(bytes, i, quants, five) + m;
  };

/**
 * Two bits for each of 256: a byte has those of four elements that are 32 apart, and 32 bytes those of 128. `group` counts 16 elements.
 * Q2_K and Q3_K have their low bits so, Q6_K its high ones.
 */
const pairOf = (bytes: Uint8Array, at: number, group: number, i: number) =>
  (bytes[at + 32 * (group >> 3) + 16 * (group & 1) + i] >> (2 * ((group >> 1) & 3))) & 3;

/** (d * scale) q - (dmin * minimum). 16 bytes, each a scale (low four bits) and a minimum of 16 elements; 64 bytes of pairs; half d, half dmin. */
const q2k: Decode = (bytes, at, out, to) => {
  const d = half(bytes, at + 80);
  const dmin = half(bytes, at + 82);
  for (let group = 0; group < 16; group++) {
    const scale = d * (bytes[at + group] & 15);
    const minimum = dmin * (bytes[at + group] >> 4);
    for (let i = 0; i < 16; i++) out[to + 16 * group + i] = scale * pairOf(bytes, at + 16, group, i) - minimum;
  }
};

/**
 * (d * (scale - 32)) (q - 4). 32 bytes, bit b of byte i the third bit of element 32 b + i; 64 bytes of pairs; 16 scales of six bits in 12 bytes;
 * half d. Of scales 0 to 7 and 8 to 15 the low four bits are the low and high halves of the first 8 bytes; the last 4 bytes have the two high bits.
 */
const q3k: Decode = (bytes, at, out, to) => {
  const d = half(bytes, at + 108);
  for (let group = 0; group < 16; group++) {
    const low = (bytes[at + 96 + (group & 7)] >> (group < 8 ? 0 : 4)) & 15;
    const high = (bytes[at + 104 + (group & 3)] >> (2 * (group >> 2))) & 3;
    const scale = d * ((low | (high << 4)) - 32);
    for (let i = 0; i < 16; i++) {
      const third = (bytes[at + 16 * (group & 1) + i] >> (group >> 1)) & 1;
      out[to + 16 * group + i] = scale * ((pairOf(bytes, at + 32, group, i) | (third << 2)) - 4);
    }
  }
};

/**
 * Scale and minimum of 32 elements, six bits each, in 12 bytes. Of groups 0 to 3 they are the low six bits of bytes 0 to 3 and 4 to 7. Of groups 4
 * to 7 bytes 8 to 11 have the low four bits of the scale, then of the minimum; the two bits above are left over in bytes 0 to 3 and 4 to 7.
 */
function sixBits(bytes: Uint8Array, at: number, group: number): [scale: number, minimum: number] {
  const first = bytes[at + (group & 3)];
  const second = bytes[at + 4 + (group & 3)];
  if (group < 4) return [first & 63, second & 63];
  const third = bytes[at + 4 + group];
  return [(third & 15) | ((first >> 6) << 4), (third >> 4) | ((second >> 6) << 4)];
}

/**
 * (d * scale) q - (dmin * minimum). Half d, half dmin, 12 bytes of scales and minima; in Q5_K 32 bytes, bit b of byte i the fifth bit of element
 * 32 b + i; 128 bytes, of which 32 have the low four bits of 32 elements and, in their high halves, those of the next 32.
 */
const q45k =
  (fifth: boolean): Decode =>
  (bytes, at, out, to) => {
    const d = half(bytes, at);
    const dmin = half(bytes, at + 2);
    const quants = at + (fifth ? 48 : 16);
    for (let group = 0; group < 8; group++) {
      const [s, m] = sixBits(bytes, at + 4, group);
      const scale = d * s;
      const minimum = dmin * m;
      for (let i = 0; i < 32; i++) {
        const low = (bytes[quants + 32 * (group >> 1) + i] >> (4 * (group & 1))) & 15;
        const high = fifth ? ((bytes[at + 16 + i] >> group) & 1) << 4 : 0;
        out[to + 32 * group + i] = scale * (low | high) - minimum;
      }
    }
  };

/**
 * (d * scale) (q - 32). 128 bytes, of which 64 have the low four bits of 64 elements and, in their high halves, those of the next 64; 64 bytes of
 * pairs, the high two bits; 16 signed bytes, the scales of 16 elements each; half d.
 */
const q6k: Decode = (bytes, at, out, to) => {
  const d = half(bytes, at + 208);
  for (let group = 0; group < 16; group++) {
    const scale = d * ((bytes[at + 192 + group] << 24) >> 24);
    const lows = at + 64 * (group >> 3) + 16 * (group & 3);
    for (let i = 0; i < 16; i++) {
      const low = (bytes[lows + i] >> (group & 4)) & 15;
      out[to + 16 * group + i] = scale * ((low | (pairOf(bytes, at + 128, group, i) << 4)) - 32);
    }
  }
};

/** One byte of scale; 16 bytes as in Q4_0. */
const mxfp4: Decode = (bytes, at, out, to) => {
  for (let i = 0; i < 32; i++) out[to + i] = fromMxfp4(nibbles(bytes, i, at + 1), bytes[at]);
};

export const BLOCK_TYPES = {
  Q4_0: { number: 2, block: 32, bytes: 18, decode: symmetric(8) },
  Q4_1: { number: 3, block: 32, bytes: 20, decode: withMinimum() },
  Q5_0: { number: 6, block: 32, bytes: 22, decode: symmetric(16, 2) },
  Q5_1: { number: 7, block: 32, bytes: 24, decode: withMinimum(4) },
  Q2_K: { number: 10, block: 256, bytes: 84, decode: q2k },
  Q3_K: { number: 11, block: 256, bytes: 110, decode: q3k },
  Q4_K: { number: 12, block: 256, bytes: 144, decode: q45k(false) },
  Q5_K: { number: 13, block: 256, bytes: 176, decode: q45k(true) },
  Q6_K: { number: 14, block: 256, bytes: 210, decode: q6k },
  MXFP4: { number: 39, block: 32, bytes: 17, decode: mxfp4 },
} as const satisfies Record<string, BlockLayout>;

export type GgufBlockType = keyof typeof BLOCK_TYPES;

export const isBlockType = (type: string): type is GgufBlockType => Object.hasOwn(BLOCK_TYPES, type);

/** Decodes whole blocks to float32; `target` has exactly their elements. */
export function decodeBlocks(type: GgufBlockType, bytes: Uint8Array, target: Float32Array): void {
  const { block, bytes: size, decode } = BLOCK_TYPES[type];
  if ((target.length / block) * size !== bytes.length)
    throw new Error(`${bytes.length} bytes are not ${target.length} of ${type}`);
  for (let at = 0, to = 0; to < target.length; at += size, to += block) decode(bytes, at, target, to);
}
