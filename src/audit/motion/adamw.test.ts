// The limits against AdamW itself: the textbook's in binary64, written here, and the kernel's in binary32, both with the worst possible
// gradients. The limits must hold, and must be nearly reached: a limit far above all movements would catch nothing.

import { describe, expect, it, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { openWebAssembly, type Tensor } from '../../engine/index.ts';
import {
  bound,
  clippedNorm,
  geometric,
  type Mover,
  momentFactor,
  momentLimits,
  secondMomentSum,
  stepFactor,
} from './adamw.ts';
import { newTally, scan } from './scan.ts';

const mover = (changes: Partial<Mover> = {}): Mover => ({
  beta1: 0.9,
  beta2: 0.95,
  eps: 1e-8,
  weightDecay: 0,
  gradClip: 1,
  ...changes,
});

/** Pairs that the policy allows: beta1^2 < beta2. */
const BETAS: [number, number][] = [
  [0.9, 0.95],
  [0.9, 0.999],
  [0.95, 0.98],
  [0, 0.9],
  [0, 0.9999],
  [0.99, 0.9999],
  [0.94, 0.9],
  [0.5, 0.3],
];

describe('geometric', () => {
  test.each([0, 0.3, 0.9, 1 - 2 ** -40, 1, 1 + 2 ** -40, 1.1])('of %d is the sum', (r) => {
    for (const n of [0, 1, 2, 3, 7, 64, 100, 1001]) {
      let sum = 0;
      for (let k = n - 1; k >= 0; k--) sum = 1 + r * sum;
      expect(Math.abs(geometric(r, n) / (sum || 1) - (n === 0 ? 0 : 1))).toBeLessThan(1e-12);
    }
  });
  it('goes to its limit, and to infinity, without NaN', () => {
    expect(geometric(0.5, 2 ** 31 - 1)).toBe(2);
    expect(geometric(1, 1e9)).toBe(1e9);
    expect(geometric(2, 1e9)).toBe(Number.POSITIVE_INFINITY);
  });
});

test('factors are the formulas of docs/proof.md, plus the slack', () => {
  for (const [beta1, beta2] of BETAS) {
    for (const t of [1, 2, 5, 40, 1000]) {
      const r = beta1 ** 2 / beta2;
      const C = ((1 - beta1) / Math.sqrt(1 - beta2)) * Math.sqrt((1 - r ** t) / (1 - r));
      const c = (C * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      // Rounding 1-beta2 to binary32 and beta2 itself shifts the formula by up to 2^-25 / (1 - beta2).
      const slack = 2e-6 + 2 ** -24 / (1 - beta2) + 2 ** -22 * Math.min(t, 1 / Math.abs(1 - r));
      expect(momentFactor(mover({ beta1, beta2 }), t) / C).toBeGreaterThan(1 - slack);
      expect(momentFactor(mover({ beta1, beta2 }), t) / C).toBeLessThan(1 + slack);
      expect(stepFactor(mover({ beta1, beta2 }), t) / c).toBeGreaterThan(1 - slack);
      expect(stepFactor(mover({ beta1, beta2 }), t) / c).toBeLessThan(1 + slack);
    }
  }
});

test('recipes that the policy refuses give numbers too', () => {
  for (const [beta1, beta2] of [
    [0.99, 0.5],
    [0.9, 0],
    [0, 0],
    [0.99999994, 0.99999994],
  ]) {
    for (const t of [1, 2, 1000, 2 ** 31 - 1]) {
      const m = mover({ beta1: beta1!, beta2: beta2!, eps: 1e-45 });
      const { alpha, beta } = bound({ ...m, weightDecay: 100 }, t - 1, [10], true);
      const limits = Object.values(momentLimits(m, t));
      for (const x of [alpha, beta, momentFactor(m, t), stepFactor(m, t), ...limits])
        expect(x).toBeGreaterThanOrEqual(0);
      expect(0 * momentFactor(m, t)).toBe(0);
    }
  }
});

test('the bound is linear in |w_0|: alpha + beta |w_0| is the recurrence', () => {
  const m = mover({ weightDecay: 0.3 });
  const rates = [0.1, 0.02, 0, 0.3];
  for (const w of [0, 1e-9, 0.5, 40]) {
    let B = 0;
    rates.forEach((lr, i) => {
      B += (1 + 2 ** -20) * lr * (stepFactor(m, 8 + i) + Math.fround(0.3) * (w + B)) + 2 ** -23 * (w + B) + 2 ** -148;
    });
    const { alpha, beta } = bound(m, 7, rates, true);
    expect(Math.abs((alpha + beta * w) / B - 1)).toBeLessThan(1e-12);
  }
  expect(bound(m, 7, rates, false).beta).toBeLessThan(1e-6);
});

/** The textbook's AdamW in binary64, one weight. */
class Textbook {
  t = 0;
  m = 0;
  v = 0;
  w: number;
  readonly o: Mover;
  constructor(o: Mover, w: number) {
    this.o = o;
    this.w = w;
  }
  step(g: number, lr: number): void {
    const { beta1, beta2, eps, weightDecay } = this.o;
    this.t++;
    this.w -= lr * weightDecay * this.w;
    this.m = beta1 * this.m + (1 - beta1) * g;
    this.v = beta2 * this.v + (1 - beta2) * g * g;
    this.w -= (lr * (this.m / (1 - beta1 ** this.t))) / (Math.sqrt(this.v / (1 - beta2 ** this.t)) + eps);
  }
}

/** Gradient of step s that makes every step of a training worst: g_s ~ (b2/b1)^s, that is (b1/b2)^(t-s) as seen from any t. */
const worst = (o: Mover, s: number): number => (o.beta1 === 0 ? (s % 7) + 1 : (o.beta2 / o.beta1) ** s);

describe('the bound', () => {
  test.each(BETAS)(
    'beta1 %d, beta2 %d: the worst gradients reach 0.99 of it, at the start and later',
    (beta1, beta2) => {
      for (const weightDecay of [0, 0.1, 1]) {
        const o = mover({ beta1, beta2, weightDecay, eps: 1e-12 });
        // beta1 = 0 has no memory: only the first step, or a gradient that grows without end, reaches the bound.
        for (const [from, n] of beta1 === 0
          ? [[0, 1]]
          : [
              [0, 1],
              [0, 40],
              [30, 1],
              [30, 10],
            ]) {
          // Decay helps a weight on only where it points the same way: a large one that shrinks. Not so large that binary32's
          // rounding, which the bound allows for, is a part of the movement.
          for (const start of weightDecay === 0 ? [0, 1] : [1]) {
            const one = new Textbook(o, start);
            for (let s = 1; s <= from!; s++) one.step(worst(o, s), 1e-3);
            const before = one.w;
            const rates = Array.from({ length: n! }, (_, i) => 1e-3 / (1 + i));
            rates.forEach((lr, i) => {
              one.step(worst(o, from! + 1 + i), lr);
            });
            const { alpha, beta } = bound(o, from!, rates, true);
            const share = Math.abs(one.w - before) / (alpha + beta * Math.abs(before));
            expect(share).toBeGreaterThan(0.99);
            expect(share).toBeLessThanOrEqual(1);
          }
        }
      }
    },
  );

  it('holds for gradients of every kind, weights of every size, and large rates and decay', () => {
    const random = randomNumbers(1);
    for (let trial = 0; trial < 2000; trial++) {
      const [beta1, beta2] = BETAS[Math.floor(random() * BETAS.length)]!;
      const o = mover({ beta1, beta2, weightDecay: 10 ** (2 * random() - 1), eps: 10 ** (-12 * random()) });
      const one = new Textbook(o, (random() - 0.5) * 10 ** (8 * random() - 6));
      const growth = 10 ** (random() - 0.5);
      const scale = 10 ** (20 * random() - 10);
      const from = Math.floor(random() * 50);
      const n = 1 + Math.floor(random() * 40);
      let before = one.w;
      let [m, v] = [0, 0];
      const rates: number[] = [];
      for (let s = 1; s <= from + n; s++) {
        if (s === from + 1) [before, m, v] = [one.w, one.m, one.v];
        const lr = 10 ** (-4 * random());
        if (s > from) rates.push(lr);
        one.step(scale * growth ** s * (random() < 0.2 ? -1 : random()), lr);
      }
      const { alpha, beta } = bound(o, from, rates, true);
      expect(Math.abs(one.w - before)).toBeLessThanOrEqual(alpha + beta * Math.abs(before));
      const l = momentLimits(o, n);
      const e = one.v - l.keptSecond * v + l.lostSecond;
      expect(e).toBeGreaterThanOrEqual(0);
      expect(Math.abs(one.m - l.kept * m)).toBeLessThanOrEqual(
        l.factor * Math.sqrt(e) + l.loose * Math.abs(m) + l.lost,
      );
    }
  });
});

test('the worst gradients of a segment bring moments to 99% of their limits, whatever came before', () => {
  for (const [beta1, beta2] of BETAS) {
    for (const n of [1, 2, 6, 40]) {
      const o = mover({ beta1, beta2 });
      const one = new Textbook(o, 0);
      for (let s = 1; s <= 20; s++) one.step(Math.sin(s), 1e-3);
      const { m, v } = one;
      for (let s = 1; s <= n; s++) one.step(beta1 === 0 ? (s === n ? 1e3 : 0) : worst(o, s), 1e-3);
      const l = momentLimits(o, n);
      const limit = l.factor * Math.sqrt(one.v - l.keptSecond * v + l.lostSecond) + l.loose * Math.abs(m) + l.lost;
      expect(Math.abs(one.m - l.kept * m) / limit).toBeGreaterThan(0.99);
      expect(Math.abs(one.m - l.kept * m) / limit).toBeLessThanOrEqual(1);
    }
  }
});

/** Larger gradients have a norm that is not finite, and end a training. */
const MAX = 1e18;

/**
 * The kernel on 4,096 weights of all sizes, each with its own gradients: worst ones, constant ones, growing and shrinking ones, from
 * 1e-30 (their squares are 0) to 1e12. Returns the tally of the segment, and how near the nearest one came to the bound.
 */
function kernel(o: Mover, from: number, n: number, rate: (t: number) => number, seed: number) {
  const N = 4096;
  const { engine: e, declared } = openWebAssembly<Tensor[]>(
    { declare: (on) => [0, 0, 0, 0].map(() => on.tensor([N])), exercise: () => {}, description: 'a test', hint: '' },
    { threads: 1, tile: 16 },
  );
  const [w, g, m, v] = declared as [Tensor, Tensor, Tensor, Tensor];
  const random = randomNumbers(seed);
  const kind = Array.from({ length: N }, () => Math.floor(random() * 4));
  const scale = Array.from({ length: N }, () => 10 ** (42 * random() - 30) * (random() < 0.5 ? -1 : 1));
  e.floats(w).set(
    Float32Array.from({ length: N }, (_, i) => (i % 5 === 0 ? 0 : (random() - 0.5) * 10 ** (12 * random() - 10))),
  );
  const read = () => [w, m, v].map((r) => e.floats(r).slice()) as [Float32Array, Float32Array, Float32Array];
  let [w0, m0, v0] = read();
  const rates: number[] = [];
  try {
    for (let t = 1; t <= from + n; t++) {
      if (t === from + 1) [w0, m0, v0] = read();
      const growth = [worst(o, t) / worst(o, from + n), 1, random(), random() - 0.5];
      e.floats(g).set(
        Float32Array.from({ length: N }, (_, i) => Math.max(-MAX, Math.min(MAX, scale[i]! * growth[kind[i]!]!))),
      );
      const lr = Math.fround(rate(t));
      if (t > from) rates.push(lr);
      e.adamw({ w, g, m, v, ...o, learningRate: lr, clip: 1, step: t });
    }
    const [w1, m1, v1] = read();
    const limit = bound(o, from, rates, true);
    const tally = newTally();
    scan({ w0, w1, m0, m1, v0, v1 }, { count: N, at: 0, bound: limit, limits: momentLimits(o, n) }, tally);
    let nearest = 0;
    w1.forEach((x, i) => {
      nearest = Math.max(nearest, Math.abs(x - w0[i]!) / (limit.alpha + limit.beta * Math.abs(w0[i]!)));
    });
    return { tally, nearest };
  } finally {
    e.close();
  }
}

describe('the kernel in binary32', () => {
  test.each(BETAS)('beta1 %d, beta2 %d: nothing breaks a limit, and the bound is nearly reached', (beta1, beta2) => {
    for (const [from, n] of [
      [0, 1],
      [0, 7],
      [3, 1],
      [50, 20],
    ] as const) {
      for (const [lr, weightDecay, eps] of [
        [1e-3, 0, 1e-12],
        [1e-8, 0.1, 1e-8],
        [0.5, 1.9, 1e-12],
        [3e-42, 0, 1e-8],
      ] as const) {
        const o = mover({ beta1, beta2, weightDecay, eps });
        const { tally, nearest } = kernel(o, from, n, (t) => lr / (1 + 0.1 * t), from + n);
        const { bound: b, first, second } = tally;
        expect({ from, n, lr, weightDecay, b, first, second }).toMatchObject({
          b: undefined,
          first: undefined,
          second: undefined,
        });
        if (from === 0 && n === 1 && lr > 1e-40) expect(nearest).toBeGreaterThan(0.9999);
      }
    }
  });

  it('with an eps far below the policy: it holds where squares underflow', () => {
    for (const eps of [1e-20, 1e-30, 1e-45]) {
      for (const from of [0, 12]) {
        const { tally } = kernel(mover({ eps }), from, 3, () => 1e-3, 5);
        expect([tally.bound, tally.first, tally.second]).toEqual([undefined, undefined, undefined]);
      }
    }
  });

  it('over hundreds of steps, thousands with JIKJI_TORTURE', () => {
    const [from, n] = process.env.JIKJI_TORTURE ? [3000, 1000] : [300, 200];
    for (const [beta1, beta2] of [
      [0.9, 0.9999],
      [0.99, 0.9999],
    ] as const) {
      const { tally } = kernel(mover({ beta1, beta2, weightDecay: 0.1 }), from!, n!, () => 1e-3, 9);
      expect([tally.bound, tally.first, tally.second]).toEqual([undefined, undefined, undefined]);
    }
  });
});

test('the norm is clipped as in a step', () => {
  expect(clippedNorm(0.5, 1)).toBe(0.5);
  expect(clippedNorm(3, 1)).toBe(3 * Math.fround(1 / 3));
  expect(clippedNorm(3, 0)).toBe(3);
});

test('the sum of second moments: one weight by hand, and norms that are not numbers', () => {
  const one = new Textbook(mover({ gradClip: 2 }), 0);
  const steps = [0.5, 3, 1e-3, 7].map((gradNorm) => ({ learningRate: 1, gradNorm }));
  for (const { gradNorm } of steps) one.step(Math.min(2, gradNorm), 1);
  const { least, most } = secondMomentSum(mover({ gradClip: 2 }), 0, steps, 1);
  expect(one.v).toBeGreaterThan(least);
  expect(one.v).toBeLessThan(most);
  expect(most / least).toBeLessThan(1.0002);
  for (const gradNorm of [Number.NaN, -1]) {
    expect(secondMomentSum(mover(), 1, [{ learningRate: 1, gradNorm }], 1).most).toBeNaN();
  }
});
