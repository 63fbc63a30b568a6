// The windows of a batch: permutations, weights, and the exact windows by docs/arithmetic.md.

import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { permute } from './batches.ts';
import { Batches } from './index.ts';
import { randomTokens, reader } from './testing/small.ts';

const isPermutation = (size: number, place: (i: number) => number) => {
  const seen = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const p = place(i);
    if (!Number.isInteger(p) || p < 0 || p >= size || seen[p]) return false;
    seen[p] = 1;
  }
  return true;
};

test('permute is a permutation for every size from 1 to 200, in several epochs', () => {
  for (let size = 1; size <= 200; size++) {
    for (const epoch of [0, 1, 2, 1000]) {
      const ok = isPermutation(size, (i) => permute(1377, epoch, size, i));
      expect({ size, epoch, ok }).toEqual({ size, epoch, ok: true });
    }
  }
});

test('permute is a permutation for large sizes and large seeds', () => {
  const random = randomNumbers(4);
  const sizes = [1023, 1024, 1025, 4096, 4097, ...Array.from({ length: 4 }, () => 5000 + wholeBelow(random, 20_000))];
  for (const size of sizes) {
    const seed = Math.floor(random() * Number.MAX_SAFE_INTEGER);
    const ok = isPermutation(size, (i) => permute(seed, 3, size, i));
    expect({ size, seed, ok }).toEqual({ size, seed, ok: true });
  }
});

test('permute mixes: epochs and seeds differ, and few elements keep their place', () => {
  const size = 1000;
  const order = (seed: number, epoch: number) => Array.from({ length: size }, (_, i) => permute(seed, epoch, size, i));
  const orders = [order(1, 0), order(1, 1), order(2, 0), order(1 + 2 ** 32, 0), Array.from(Array(size).keys())];
  for (const [a, one] of orders.entries()) {
    for (const other of orders.slice(a + 1)) {
      // Two random orders agree in one place on average; ten has a probability of about 1e-7.
      expect(one.filter((p, i) => p === other[i]).length).toBeLessThan(10);
    }
  }
  // Neighbours are separated too.
  const steps = orders[0].slice(1).map((p, i) => Math.abs(p - orders[0][i]));
  const mean = steps.reduce((x, y) => x + y, 0) / steps.length;
  expect(mean).toBeGreaterThan(size / 3 - 40);
  expect(mean).toBeLessThan(size / 3 + 40);
});

/** Token ids that contain their place: source * 1,000,000 + position. */
const numbered = (source: number, length: number) =>
  reader(Uint32Array.from({ length }, (_, i) => source * 1_000_000 + i));

test('weights hold exactly, epoch after epoch, and every window has its turn', () => {
  const T = 10;
  // 7, 20 and 100 windows; one token short of the next; a source too short for any.
  const lengths = [80, 201, 1001, 10];
  const weights = [2.5, 0.33, 1, 5];
  const windows = [7, 20, 100, 0];
  const share = [18, 7, 100, 0]; // round(2.5 * 7), round(0.33 * 20), 1 * 100
  const batches = new Batches(
    lengths.map((length, i) => ({ tokens: numbered(i, length), weight: weights[i] })),
    99,
    T,
  );
  expect(batches.windows).toBe(125);
  const epochs = 20;
  const counts = windows.map((n) => new Array<number>(n).fill(0));
  for (let epoch = 0; epoch < epochs; epoch++) {
    const inEpoch = [0, 0, 0, 0];
    for (let g = 0; g < 125; g++) {
      const { source, window } = batches.windowAt(epoch * 125 + g);
      inEpoch[source]++;
      counts[source][window]++;
    }
    expect(inEpoch).toEqual(share);
  }
  // 20 epochs x 18 over 7 windows are 51 3/7 each: none comes more than once oftener than another.
  for (const [i, source] of counts.entries()) {
    const mean = (epochs * share[i]) / windows[i];
    for (const n of source) expect([Math.floor(mean), Math.ceil(mean)]).toContain(n);
  }
});

test('a weight too small for one window still gives one', () => {
  const sources = [
    { tokens: numbered(0, 101), weight: 0.001 },
    { tokens: numbered(1, 101), weight: 1 },
  ];
  expect(new Batches(sources, 1, 10).windows).toBe(11);
  expect(new Batches(sources, 1, 10).distinct).toBe(20);
});

test('windows by hand: inputs, targets that follow by one, windows that overlap in one token', () => {
  const T = 4;
  const batches = new Batches([{ tokens: numbered(0, 4 * T + 1), weight: 1 }], 5, T);
  expect(batches.windows).toBe(4);
  const { tokens, targets } = batches.batch(0, 4);
  const starts = [...Array(4).keys()].map((i) => permute(5, 0, 4, i) * T);
  expect([...tokens]).toEqual(starts.flatMap((s) => [s, s + 1, s + 2, s + 3]));
  expect([...targets]).toEqual(starts.flatMap((s) => [s + 1, s + 2, s + 3, s + 4]));
  expect([...starts].sort((a, b) => a - b)).toEqual([0, 4, 8, 12]);
});

test('a batch depends on seed and step only: no order of calls, no cursor', () => {
  const source = [{ tokens: reader(randomTokens(997, 500, 3)), weight: 1 }];
  const one = new Batches(source, 1, 16);
  const forward = Array.from({ length: 40 }, (_, step) => one.batch(step, 5));
  const other = new Batches(source, 1, 16);
  for (let step = 39; step >= 0; step--) expect(other.batch(step, 5)).toEqual(forward[step]);
  // With another cut into micro-batches the sequences are the same.
  const flat = (size: number, steps: number) =>
    Array.from({ length: steps }, (_, s) => [...one.batch(s, size).tokens]).flat();
  expect(flat(5, 8)).toEqual(flat(8, 5));
  expect(new Batches(source, 2, 16).batch(0, 5)).not.toEqual(forward[0]);
});
