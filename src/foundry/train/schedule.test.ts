// Learning rates against values computed by hand and against Math.cos, which our code does not use.

import { expect, test } from 'vitest';
import { learningRateAt } from './index.ts';
import type { Schedule } from './schedule.ts';

const f = Math.fround;
const base: Schedule = {
  steps: 100,
  learningRate: 0.001,
  minLearningRate: 0.0001,
  schedule: 'cosine',
  warmupSteps: 10,
  decayFraction: 0.2,
};

test('cosine: a linear warm-up, the peak, half-way, the end', () => {
  expect(learningRateAt(base, 1)).toBe(f(0.0001));
  expect(learningRateAt(base, 5)).toBe(f(0.0005));
  expect(learningRateAt(base, 10)).toBe(f(0.001));
  expect(learningRateAt(base, 55)).toBeCloseTo(0.00055, 10); // (10 + 100) / 2: the middle of the cosine
  expect(learningRateAt(base, 40)).toBeCloseTo(0.0001 + 0.0009 * 0.75, 10); // a third: (1 + cos 60 degrees) / 2 = 3/4
  expect(learningRateAt(base, 70)).toBeCloseTo(0.0001 + 0.0009 * 0.25, 10);
  expect(learningRateAt(base, 100)).toBe(f(0.0001));
});

test('cosine agrees with Math.cos within the last bit, and never rises', () => {
  let before = Number.POSITIVE_INFINITY;
  for (let t = 11; t <= 100; t++) {
    const wanted = 0.0001 + 0.0009 * 0.5 * (1 + Math.cos((Math.PI * (t - 10)) / 90));
    const rate = learningRateAt(base, t);
    expect(Math.abs(rate - wanted)).toBeLessThanOrEqual(wanted * 2 ** -24);
    expect(rate).toBeLessThan(before);
    before = rate;
  }
});

test('warm-up, stable, decay: the peak until step 80, then linear', () => {
  const s: Schedule = { ...base, schedule: 'wsd' };
  expect(learningRateAt(s, 4)).toBe(f(0.0004));
  for (const t of [10, 11, 50, 80]) expect(learningRateAt(s, t)).toBe(f(0.001));
  expect(learningRateAt(s, 90)).toBeCloseTo(0.00055, 10);
  expect(learningRateAt(s, 85)).toBeCloseTo(0.000775, 10);
  expect(learningRateAt(s, 100)).toBe(f(0.0001));
});

test('edges: no warm-up, only warm-up, no decay, only decay, an end at 0', () => {
  expect(learningRateAt({ ...base, warmupSteps: 0 }, 1)).toBeLessThan(0.001);
  expect(learningRateAt({ ...base, warmupSteps: 0 }, 50)).toBeCloseTo(0.00055, 10);
  const longer = { ...base, warmupSteps: 400 }; // longer than the training: it ends on the way up
  expect(learningRateAt(longer, 100)).toBe(f(0.00025));
  expect(learningRateAt({ ...base, warmupSteps: 100 }, 100)).toBe(f(0.001));
  const wsd: Schedule = { ...base, schedule: 'wsd' };
  expect(learningRateAt({ ...wsd, decayFraction: 0 }, 100)).toBe(f(0.001));
  expect(learningRateAt({ ...wsd, decayFraction: 1, warmupSteps: 0 }, 50)).toBeCloseTo(0.00055, 10);
  expect(learningRateAt({ ...wsd, minLearningRate: 0 }, 100)).toBe(0);
  expect(learningRateAt({ ...base, minLearningRate: 0 }, 100)).toBe(0);
  const one: Schedule = { ...base, steps: 1, warmupSteps: 0 };
  expect(learningRateAt(one, 1)).toBe(f(0.0001));
  expect(learningRateAt({ ...one, schedule: 'wsd' }, 1)).toBe(f(0.001)); // floor(0.2 * 1) = 0 steps of decay
});

test('every rate is a binary32 number', () => {
  for (let t = 1; t <= 100; t++) expect(f(learningRateAt(base, t))).toBe(learningRateAt(base, t));
});
