// Blocks of GGUF's types of few bits with random bytes, the same for the same seed. Their scales are finite.

import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { BLOCK_TYPES, type GgufBlockType } from '../gguf-blocks.ts';

/** Bytes where a half begins, by the structs of ggml-common.h. */
const HALVES: Record<GgufBlockType, readonly number[]> = {
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q2_K: [80, 82],
  Q3_K: [108],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
  MXFP4: [],
};

export function randomBlocks(type: GgufBlockType, count: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  const size = BLOCK_TYPES[type].bytes;
  const bytes = Uint8Array.from({ length: count * size }, () => wholeBelow(random, 256));
  // Without the highest bit of its exponent a half is below 2.
  for (let at = 0; at < bytes.length; at += size) for (const place of HALVES[type]) bytes[at + place + 1] &= 0xbf;
  return bytes;
}
