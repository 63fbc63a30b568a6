// Known answers: philox4x32 with 10 rounds from the Random123 distribution (kat_vectors); SHA-256 from FIPS 180.

import { expect, it } from 'vitest';
import { keyOf, philox4x32, streamOf, type Words2, type Words4 } from './philox.ts';

const vectors: [Words4, Words2, Words4][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

it('gives the known answers', () => {
  for (const [counter, key, answer] of vectors) expect(philox4x32(counter, key)).toEqual(answer);
});

it('agrees with integer arithmetic on many counters', () => {
  const slow = (counter: Words4, key: Words2) => {
    let c = counter.map(BigInt);
    let k = key.map(BigInt);
    const low = (x: bigint) => x & 0xffffffffn;
    for (let round = 0; round < 10; round++) {
      const a = c[0] * 0xd2511f53n;
      const b = c[2] * 0xcd9e8d57n;
      c = [(b >> 32n) ^ c[1] ^ k[0], low(b), (a >> 32n) ^ c[3] ^ k[1], low(a)];
      k = [low(k[0] + 0x9e3779b9n), low(k[1] + 0xbb67ae85n)];
    }
    return c.map(Number);
  };
  let counter: Words4 = [1, 2, 3, 4];
  for (let i = 0; i < 500; i++) {
    const key: Words2 = [counter[3], counter[1]];
    const next = philox4x32(counter, key);
    expect(next).toEqual(slow(counter, key));
    counter = next;
  }
});

it('takes streams from the start of a SHA-256, little-endian', () => {
  // SHA-256("abc") = ba7816bf 8f01cfea ...
  expect(streamOf('abc')).toEqual([0xbf1678ba, 0xeacf018f]);
});

it('splits a seed into low and high word', () => {
  expect(keyOf(1377)).toEqual([1377, 0]);
  expect(keyOf(2 ** 53 - 1)).toEqual([0xffffffff, 0x1fffff]);
});
