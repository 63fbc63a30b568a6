// The sequences against the generator's published form in integers, and against known distributions.

import { expect, test } from 'vitest';
import { philox4x32, streamOf } from '../../engine/index.ts';
import { Random } from './random.ts';

/** xoshiro128** as published (https://prng.di.unimi.it/xoshiro128starstar.c), in whole numbers of any size. */
function reference(state: number[], count: number): number[] {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const s = state.map(BigInt);
  return Array.from({ length: count }, () => {
    const result = (rotate((s[1] * 5n) & mask, 7n) * 9n) & mask;
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
    return Number(result);
  });
}

test('the reference gives the published first words for the state 1, 2, 3, 4', () => {
  expect(reference([1, 2, 3, 4], 6)).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
});

test('each draw of each part has its own sequence, and single words and tallies use the same sequence', () => {
  const random = new Random(1377, 'x');
  for (const [part, draw] of [
    [0, 0],
    [3, 9999],
    [1, 2],
  ]) {
    const words = reference(philox4x32([draw, part, ...streamOf('x')], [1377, 0]), 60);
    random.at(part, draw);
    expect(Array.from({ length: 10 }, () => random.word())).toEqual(words.slice(0, 10));
    const counts = new Float64Array(60);
    random.tally(counts, 5, 50);
    const want = new Float64Array(60);
    for (const word of words.slice(10)) want[5 + Math.floor((word * 50) / 2 ** 32)]++;
    expect(counts).toEqual(want);
    random.at(part, draw);
    expect(random.word()).toBe(words[0]);
  }
});

test.each([
  // Two-sided 5% and 1% points of Student's t, from tables.
  [4, 2.776, 4.604],
  [9, 2.262, 3.25],
  [48, 2.011, 2.682],
])('a normal number times the factor of %i degrees is Student t', (degrees, five, one) => {
  const random = new Random(1, 'student');
  const count = 100_000;
  let overFive = 0;
  let overOne = 0;
  for (let i = 0; i < count; i++) {
    random.at(0, i);
    const t = Math.abs(random.normal() * random.student(degrees));
    if (t > five) overFive++;
    if (t > one) overOne++;
  }
  // Four standard errors of the count.
  expect(Math.abs(overFive / count - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / count));
  expect(Math.abs(overOne / count - 0.01)).toBeLessThan(4 * Math.sqrt((0.01 * 0.99) / count));
});
