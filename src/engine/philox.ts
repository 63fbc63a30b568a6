// Random numbers by counting: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011), and the names of its streams.
// There is no state: a number is a function of key and counter. Knows nothing of what the numbers are used for.

import { sha256 } from '../ledger/index.ts';

/** Four words of 32 bits, each a number from 0 to 2^32 - 1. */
export type Words4 = [number, number, number, number];
/** Two words of 32 bits, low word first. */
export type Words2 = [number, number];

/** The high 32 bits of a product of two 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  // Each sum stays below 2^33, where binary64 is exact.
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** Philox 4x32 with ten rounds. */
export function philox4x32(counter: Readonly<Words4>, key: Readonly<Words2>): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The stream of a name: the first eight bytes of its SHA-256 as two little-endian words, [low, high]. */
export function streamOf(name: string): Words2 {
  const digest = sha256(name);
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** What all random numbers follow from: a whole number from 0 to 2^53 - 1, or one of 64 bits. */
export type Seed = number | bigint;

/** A seed as a key, [low, high]. */
export const keyOf = (seed: Seed): Words2 => {
  const whole = BigInt(seed);
  return [Number(whole & 0xffffffffn), Number(whole >> 32n)];
};
