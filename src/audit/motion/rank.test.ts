// Rank on made-up motion: what is planted comes out on top, what changes steadily does not.

import { describe, expect, it } from 'vitest';
import { randomNumbers } from './motion.testing.ts';
import { type Moved, strangeness } from './strangeness.ts';

const EVERY = 5;

/** Segments whose tensors move at `speed(i)` for each unit of learning rate, give or take 10%; warm-up and linear decay. */
function segments(count: number, speed: (i: number, tensor: string) => number, seed = 1): Moved[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const learningRates = Math.min((i + 1) / 4, 1) * (1 - i / count) * 1e-3;
    const movement = new Map(
      ['a', 'b', 'c'].map((t) => [t, learningRates * speed(i, t) * (0.9 + 0.2 * random())] as const),
    );
    return { segment: { from: i * EVERY, to: (i + 1) * EVERY }, movement, learningRates };
  });
}

/** A falling loss with noise, and a jump after step `at`. */
function losses(count: number, at = -1, jump = 0): number[] {
  const random = randomNumbers(3);
  return Array.from(
    { length: count * EVERY },
    (_, t) => 2 + 3 * Math.exp(-t / 30) + 0.05 * random() + (t >= at && at > 0 ? jump : 0),
  );
}

const strangest = (xs: number[]): number => xs.indexOf(Math.max(...xs));

describe('strangeness', () => {
  it('of few segments is a number for each', () => {
    for (const n of [0, 1, 2, 3]) {
      const strange = strangeness(
        segments(n, () => 1),
        losses(n),
      );
      expect(strange).toHaveLength(n);
      for (const s of strange) expect(s).toBeGreaterThanOrEqual(0);
    }
    expect(
      strangeness(
        segments(1, () => 1),
        [],
      ),
    ).toEqual([0]);
    expect(
      strangest(
        strangeness(
          segments(3, (i) => (i === 1 ? 8 : 1)),
          losses(3),
        ),
      ),
    ).toBe(1);
  });

  it('finds one tensor that moved too far, or too little, wherever it is', () => {
    for (const factor of [4, 0.25]) {
      for (let at = 0; at < 30; at++) {
        const strange = strangeness(
          segments(30, (i, t) => (t === 'b' && i === at ? factor : 1), at),
          losses(30),
        );
        expect(strangest(strange)).toBe(at);
      }
    }
  });

  it('of steady change, warm-up and decay is small', () => {
    for (const speed of [(i: number) => 0.95 ** i, (i: number) => 1 + 9 / (1 + i), (i: number) => 1 + i / 20]) {
      // The first segment has no segment before it and is replayed anyway.
      for (const s of strangeness(segments(30, speed), losses(30)).slice(1)) expect(s).toBeLessThan(5);
    }
  });

  it('knows a seam in the losses, on both sides of it', () => {
    for (const at of [50, 75, 130]) {
      for (const jump of [0.5, -0.5]) {
        const strange = strangeness(
          segments(30, () => 1),
          losses(30, at, jump),
        );
        const [one, two] = [...strange.keys()].sort((a, b) => strange[b]! - strange[a]!);
        expect([one, two].sort((a, b) => a! - b!)).toEqual([at / EVERY - 1, at / EVERY]);
      }
    }
  });

  it('without a learning rate, without movement, with what is no number', () => {
    const still = segments(10, () => 0).map((s) => ({ ...s, learningRates: 1e-9 }));
    expect(strangeness(still, losses(10)).every((s) => s < 6)).toBe(true);
    const stopped = segments(10, () => 1).map((s, i) =>
      i < 8 ? s : { ...s, learningRates: 0, movement: new Map([['a', 0]]) },
    );
    for (const s of strangeness(stopped, losses(10))) expect(s).toBeLessThan(10);
    const broken = segments(10, (i) => (i === 4 ? Number.NaN : 1));
    expect(strangest(strangeness(broken, losses(10)))).toBe(4);
    const strange = strangeness(
      segments(10, () => 1),
      losses(10).with(22, Number.NaN),
    );
    expect(strange.every((s) => s >= 0)).toBe(true);
    expect(strange[4]).toBe(Number.POSITIVE_INFINITY);
  });
});
