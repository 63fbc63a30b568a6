// The moving average against its definition: every value weighted by its distance, the weights adding up to 1.

import { expect, test } from 'vitest';
import { randomNumbers } from '../base/testing/random-numbers.ts';
import { smooth } from './smooth.ts';

/** The mean of all finite values up to here, each weighted with weight^(finite values after it). */
function naive(values: readonly number[], weight: number): number[] {
  return values.map((x, i) => {
    if (!Number.isFinite(x)) return Number.NaN;
    const seen = values.slice(0, i + 1).filter(Number.isFinite);
    const weights = seen.map((_, k) => weight ** (seen.length - 1 - k));
    return seen.reduce((sum, one, k) => sum + one * weights[k]!, 0) / weights.reduce((a, b) => a + b);
  });
}

test.each([0, 0.1, 0.5, 0.9, 0.99, 0.9999])('weight %d: as defined, with holes', (weight) => {
  const random = randomNumbers(7);
  const values = Array.from({ length: 400 }, (_, i) => {
    if (i % 37 === 5) return Number.NaN;
    return i % 53 === 7 ? Number.NEGATIVE_INFINITY : 8 / Math.sqrt(i + 1) + random();
  });
  const smoothed = smooth(Float64Array.from(values), weight);
  naive(values, weight).forEach((expected, i) => {
    if (Number.isNaN(expected)) expect(smoothed[i]).toBeNaN();
    else expect(Math.abs(smoothed[i]! / expected - 1)).toBeLessThan(1e-9);
  });
});

test('the first value stays as it is, and so does a series of one value; weight 0 changes nothing', () => {
  expect(smooth(Float64Array.of(5, 1), 0.999)[0]).toBeCloseTo(5, 10);
  for (const x of smooth(new Float64Array(1000).fill(3.25), 0.97)) expect(x).toBeCloseTo(3.25, 10);
  expect([...smooth(Float64Array.of(3, 1, 2), 0)]).toEqual([3, 1, 2]);
  expect(smooth(new Float64Array(0), 0.9)).toHaveLength(0);
  expect([...smooth(Float64Array.of(Number.NaN, 4), 0.9)]).toEqual([Number.NaN, expect.closeTo(4, 10)]);
});
