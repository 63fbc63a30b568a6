// The choice of a token: edge cases, and frequencies against the textbook's softmax.

import { expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { type Choice, choose as chooseFrom, drawOf, type Logits } from './choose.ts';

const plain: Choice = { temperature: 1, topK: 0, topP: 1, seed: 1377 };

/** With Math.exp, which the engine does not use. */
const logitsOf = (values: Float32Array): Logits => ({
  values,
  exponentials: (scale) => {
    const most = values.reduce((a, b) => Math.max(a, b));
    return { values: values.map((x) => Math.exp(Math.fround(x - most) * scale)), sum: 0 };
  },
});

const choose = (values: Float32Array, choice: Choice, count: number) => chooseFrom(logitsOf(values), choice, count);

/** The number of times that each token comes in n draws. */
function frequencies(logits: Float32Array, choice: Choice, n: number) {
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < n; i++) counts[choose(logits, choice, i)]++;
  return counts;
}

/** Probabilities of softmax over some tokens, 0 elsewhere; with Math.exp, which the code does not use. */
function softmax(logits: Float32Array, temperature: number, kept: (id: number) => boolean = () => true) {
  const e = Array.from(logits, (x, id) => (kept(id) ? Math.exp(x / temperature) : 0));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / sum);
}

/** Pearson's statistic over the possible tokens; other tokens must not come at all. */
function chiSquare(counts: number[], probabilities: number[]) {
  const n = counts.reduce((a, b) => a + b, 0);
  let statistic = 0;
  let degrees = -1;
  for (const [id, p] of probabilities.entries()) {
    if (p === 0) expect({ id, count: counts[id] }).toEqual({ id, count: 0 });
    else {
      statistic += (counts[id] - n * p) ** 2 / (n * p);
      degrees++;
    }
  }
  return { statistic, degrees };
}

/** Five standard deviations above the mean of the statistic's distribution: a right choice stays below. */
function expectFrequencies(counts: number[], probabilities: number[]) {
  const { statistic, degrees } = chiSquare(counts, probabilities);
  expect(statistic).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees));
}

const random = randomNumbers(12);
const logits = Float32Array.from({ length: 24 }, () => random() * 4 - 2);
const byLikelihood = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);

test('a temperature whose inverse binary32 does not hold is 0', () => {
  const values = Float32Array.of(-Infinity, 1, 3, 2);
  // As the engine does: in binary32.
  const exponentials = (scale: number) => ({
    values: values.map((x) => Math.exp(Math.fround(x - 3) * Math.fround(scale))),
    sum: 0,
  });
  for (const temperature of [0, -0, 1e-300, 5e-324, 1e-39, 1e-38, 1e-30])
    expect(chooseFrom({ values, exponentials }, { ...plain, temperature, topK: 3, topP: 0.9 }, 0)).toBe(2);
});

test('greedy takes the likeliest, and the first of equal ones', () => {
  expect(choose(Float32Array.of(1, 3, 2), { ...plain, temperature: 0 }, 0)).toBe(1);
  expect(choose(Float32Array.of(1, 3, 3, 3), { ...plain, temperature: 0 }, 5)).toBe(1);
  expect(choose(Float32Array.of(-5), { ...plain, temperature: 0 }, 0)).toBe(0);
  expect(choose(Float32Array.of(-1e30, -1e31), { ...plain, temperature: 0 }, 0)).toBe(0);
});

test.each([0.5, 1, 2.5])('frequencies follow softmax at temperature %d', (temperature) => {
  expectFrequencies(frequencies(logits, { ...plain, temperature }, 20_000), softmax(logits, temperature));
});

test.each([1, 2, 7, 24, 100])('top-k of %d: softmax over the likeliest', (topK) => {
  const kept = new Set(byLikelihood.slice(0, topK));
  const counts = frequencies(logits, { ...plain, topK }, 10_000);
  if (topK === 1) expect(counts[byLikelihood[0]]).toBe(10_000);
  else
    expectFrequencies(
      counts,
      softmax(logits, 1, (id) => kept.has(id)),
    );
});

test('top-p keeps the fewest tokens that reach it, at least one', () => {
  // Probabilities 1/2, 1/4, 1/8, 1/8.
  const halves = Float32Array.of(Math.log(2), Math.log(4), Math.log(1), Math.log(1));
  const kept = (topP: number) => frequencies(halves, { ...plain, topP }, 4000).map((n) => n > 0);
  expect(kept(0)).toEqual([false, true, false, false]);
  expect(kept(0.49)).toEqual([false, true, false, false]);
  expect(kept(0.51)).toEqual([true, true, false, false]);
  expect(kept(0.74)).toEqual([true, true, false, false]);
  expect(kept(0.76)).toEqual([true, true, true, false]); // of equals the first
  expect(kept(0.88)).toEqual([true, true, true, true]);
  expect(kept(1)).toEqual([true, true, true, true]);
  expectFrequencies(frequencies(halves, { ...plain, topP: 0.6 }, 10_000), [1 / 3, 2 / 3, 0, 0]);
});

test('top-p applies to the tokens that top-k keeps', () => {
  const four = Float32Array.of(0, 0, 0, 0);
  // Two of four are left, each one half: 0.4 is reached by the first of them. Of all four it would take two.
  expect(frequencies(four, { ...plain, topK: 2, topP: 0.4 }, 1000)).toEqual([1000, 0, 0, 0]);
  for (const topP of [0.4, 0.5]) {
    expect(frequencies(four, { ...plain, topP }, 1000).map((n) => n > 0)).toEqual([true, true, false, false]);
  }
});

test('large logits, small temperatures and tokens of probability 0 do no harm', () => {
  expect(choose(Float32Array.of(3e38, -3e38, 0), plain, 0)).toBe(0);
  expect(frequencies(Float32Array.of(0, 1, 0.5), { ...plain, temperature: 1e-6 }, 500)).toEqual([0, 500, 0]);
  expect(frequencies(Float32Array.of(0, -2000, 0), plain, 2000)[1]).toBe(0);
  const spread = Float32Array.of(1e4, -1e4, 0);
  expectFrequencies(frequencies(spread, { ...plain, temperature: 1e6 }, 5000), softmax(spread, 1e6));
});

test('the same seed draws the same tokens; another seed or another position draws others', () => {
  const text = (seed: number) => Array.from({ length: 200 }, (_, i) => choose(logits, { ...plain, seed }, i));
  expect(text(5)).toEqual(text(5));
  for (const seed of [6, 5 + 2 ** 32, 2 ** 53 - 1]) expect(text(seed)).not.toEqual(text(5));
  expect(new Set(text(5)).size).toBeGreaterThan(10);
  // Draws are independent of each other: pairs of neighbours come as often as the product of their frequencies says.
  const two = Float32Array.of(0, 0);
  const bits = Array.from({ length: 10_001 }, (_, i) => choose(two, plain, i));
  const pairs = [0, 0, 0, 0];
  for (let i = 0; i < 10_000; i++) pairs[bits[i] * 2 + bits[i + 1]]++;
  expectFrequencies(pairs, [0.25, 0.25, 0.25, 0.25]);
});

test('min-p leaves out what is less likely than that beside the likeliest', () => {
  const halves = Float32Array.of(Math.log(2), Math.log(4), Math.log(1), -Infinity);
  const kept = (minP: number) => frequencies(halves, { ...plain, minP }, 4000).map((n) => n > 0);
  expect(kept(0)).toEqual([true, true, true, false]);
  expect(kept(0.3)).toEqual([true, true, false, false]);
  expect(kept(0.6)).toEqual([false, true, false, false]);
});

/** The definition, word for word: everything is sorted. */
function slowly(logits: Float32Array, { topK, topP, minP = 0, temperature, seed }: Choice, count: number) {
  const { values: weights } = logitsOf(logits).exponentials(1 / temperature);
  const sumOf = (ids: readonly number[]) => ids.reduce((sum, id) => sum + weights[id], 0);
  let ids = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b);
  if (topK > 0) ids = ids.slice(0, topK);
  if (topP < 1) {
    const whole = sumOf(ids.toSorted((a, b) => a - b));
    let kept = 1;
    while (kept < ids.length && sumOf(ids.slice(0, kept)) < topP * whole) kept++;
    ids = ids.slice(0, kept);
  }
  ids = ids.filter((id) => weights[id] >= minP && weights[id] > 0).sort((a, b) => a - b);
  const start = drawOf(seed, count) * sumOf(ids);
  return ids.find((_, i) => ids.slice(0, i + 1).reduce((rest, id) => rest - weights[id], start) < 0) ?? ids.at(-1)!;
}

test('a choice is that of the definition, whatever is cut off', () => {
  for (let i = 0; i < 400; i++) {
    const spread = [0.1, 3, 30][i % 3];
    const V = 1 + Math.floor(random() * 300);
    // Some of them equal, some impossible.
    const values = Float32Array.from({ length: V }, () =>
      random() < 0.05 ? -Infinity : Math.round((random() - 0.5) * spread * 50) / 50,
    );
    values[0] = 0;
    const some = <T>(...of: T[]): T => of[Math.floor(random() * of.length)]!;
    const choice = {
      temperature: some(0.3, 1, 1.7),
      topK: some(0, 1, 5, 40, V),
      topP: some(1, 0.95, 0.5, 0.999999),
      minP: some(0, 0.02, 0.3),
      seed: i,
    };
    expect({ choice, id: choose(values, choice, i) }).toEqual({ choice, id: slowly(values, choice, i) });
  }
});
