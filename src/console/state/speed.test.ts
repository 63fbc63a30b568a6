// The speed of an answer, by made-up arrivals of its tokens.

import { expect, test } from 'vitest';
import { speedMeter } from './speed.ts';

/** Tokens that come one by one at these times. */
const speedOf = (times: number[]) => {
  const meter = speedMeter();
  for (const time of times) meter.came(1, time);
  return meter.perSecond();
};
const every = (ms: number, count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i * ms);

test('tokens that come one after another', () => {
  expect(speedOf(every(20, 50, 5000))).toBeCloseTo(50, 6);
  expect(speedOf(every(2, 200, 1))).toBeCloseTo(500, 6);
});

test('an answer that comes at once has no speed: 11 tokens within half a millisecond are not 20,000 a second', () => {
  expect(speedOf(every(0.05, 11))).toBeNull();
  expect(speedOf(every(1, 90))).toBeNull(); // all within a tenth of a second
});

test('tokens that waited for the first one are not counted', () => {
  expect(speedOf([...every(0, 40, 1000), ...every(10, 50, 1010 + 10)])).toBeLessThanOrEqual(100);
  expect(speedOf([...every(0, 40, 1000), ...every(10, 50, 1010 + 10)])).toBeGreaterThan(95);
});

test('too few tokens, or none, have none', () => {
  expect(speedOf([])).toBeNull();
  expect(speedOf([7])).toBeNull();
  expect(speedOf(every(500, 5))).toBeNull();
});
