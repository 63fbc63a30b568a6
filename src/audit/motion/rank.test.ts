// Rank on made-up motion: planted movement comes first, steady change does not.

import { describe, expect, it, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { headingRank, probeRank, type SegmentMovement, speedRank } from './rank.ts';

const EVERY = 5;

/** Segments whose tensors move at `speed(i)` for each unit of learning rate, give or take 10%; warm-up and linear decay. */
function segments(count: number, speed: (i: number, tensor: string) => number, seed = 1): SegmentMovement[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const learningRates = Math.min((i + 1) / 4, 1) * (1 - i / count) * 1e-3;
    const movement = new Map(
      ['a', 'b', 'c'].map((t) => [t, learningRates * speed(i, t) * (0.9 + 0.2 * random())] as const),
    );
    const heading = new Map(['a', 'b', 'c'].map((t) => [t, -0.8 + 0.02 * random()] as const));
    return { segment: { from: i * EVERY, to: (i + 1) * EVERY }, movement, heading, learningRates };
  });
}

const strangest = (xs: number[]): number => xs.indexOf(Math.max(...xs));

describe('speed', () => {
  it('gives a number for each of few segments', () => {
    for (const n of [0, 1, 2, 3]) {
      const strange = speedRank(segments(n, () => 1));
      expect(strange).toHaveLength(n);
      for (const s of strange) expect(s).toBeGreaterThanOrEqual(0);
    }
    expect(speedRank(segments(1, () => 1))).toEqual([0]);
    expect(strangest(speedRank(segments(3, (i) => (i === 1 ? 8 : 1))))).toBe(1);
  });

  it('finds one tensor that moved too far or too little, in any segment', () => {
    for (const factor of [4, 0.25]) {
      for (let at = 0; at < 30; at++) {
        expect(strangest(speedRank(segments(30, (i, t) => (t === 'b' && i === at ? factor : 1), at)))).toBe(at);
      }
    }
  });

  it('is small for steady change, warm-up and decay', () => {
    for (const speed of [(i: number) => 0.95 ** i, (i: number) => 1 + 9 / (1 + i), (i: number) => 1 + i / 20]) {
      // The first segment has no segment before it and is replayed anyway.
      for (const s of speedRank(segments(30, speed)).slice(1)) expect(s).toBeLessThan(5);
    }
  });

  it('accepts zero learning rates, no movement, and values that are not numbers', () => {
    const still = segments(10, () => 0).map((s) => ({ ...s, learningRates: 1e-9 }));
    expect(speedRank(still).every((s) => s < 6)).toBe(true);
    const stopped = segments(10, () => 1).map((s, i) =>
      i < 8 ? s : { ...s, learningRates: 0, movement: new Map([['a', 0]]) },
    );
    for (const s of speedRank(stopped)) expect(s).toBeLessThan(10);
    // Values that are not finite are refuted elsewhere and not ranked; their neighbours are measured.
    const broken = speedRank(segments(10, (i, t) => (i === 4 ? Number.NaN : i === 7 && t === 'a' ? 9 : 1)));
    expect(broken[4]).toBe(0);
    expect(strangest(broken)).toBe(7);
  });
});

test('heading finds one tensor that moved in another direction', () => {
  for (let at = 0; at < 30; at++) {
    const list = segments(30, () => 1, at).map((s, i) =>
      i === at ? { ...s, heading: new Map(s.heading).set('c', -0.1) } : s,
    );
    expect(strangest(headingRank(list))).toBe(at);
  }
});

test('probe finds a segment in which one of the curves changes differently', () => {
  const falling = Array.from({ length: 30 }, (_, i) => -0.3 * 0.9 ** i);
  for (let at = 2; at < 28; at++) {
    expect(strangest(probeRank([falling, falling.map((x, i) => (i === at ? x - 0.4 : x))]))).toBe(at);
  }
  expect(probeRank([])).toEqual([]);
});
