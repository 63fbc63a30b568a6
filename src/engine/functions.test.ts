// Against the engine's own Math (within 1 ulp of the truth in V8) and against published quantiles.

import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../ledger/index.ts';
import { cos64, exp64, log64, normal64, powInt, sin64 } from './functions.ts';
import { philox4x32 } from './philox.ts';

/** How many binary64 numbers lie between two values of one sign. */
function ulps(a: number, b: number) {
  if (Object.is(a, b)) return 0;
  const bits = new BigInt64Array(new Float64Array([a, b]).buffer);
  return Math.abs(Number(bits[0] - bits[1]));
}

/** The largest distance in ulps over n points from `at`, which is given numbers from 0 to 1. */
function worst(ours: (x: number) => number, theirs: (x: number) => number, n: number, at: (u: number) => number) {
  let most = 0;
  for (let i = 0; i < n; i++) {
    const [high, low] = philox4x32([i, 0, 0, 0], [7, 0]);
    const x = at((high * 2 ** 21 + (low >>> 11)) / 2 ** 53);
    most = Math.max(most, ulps(ours(x), theirs(x)));
  }
  return most;
}

describe('log64', () => {
  it('is within 2 ulp, from subnormals to the largest number', () => {
    expect(worst(log64, Math.log, 20_000, (u) => 1 + (u - 0.5) * 1e-3)).toBeLessThanOrEqual(2);
    expect(worst(log64, Math.log, 20_000, (u) => 0.4 + 2 * u)).toBeLessThanOrEqual(2);
    expect(worst(log64, Math.log, 20_000, (u) => 2 ** ((u - 0.5) * 2040))).toBeLessThanOrEqual(2);
    for (const x of [5e-324, 1e-310, 2.2250738585072014e-308, Number.MAX_VALUE, 1 - 2 ** -53, 1 + 2 ** -52]) {
      expect(ulps(log64(x), Math.log(x))).toBeLessThanOrEqual(2);
    }
  });
  it('handles its edge cases', () => {
    expect([0, -0, -1, NaN, Infinity, 1].map(log64)).toEqual([-Infinity, -Infinity, NaN, NaN, Infinity, 0]);
  });
});

describe('exp64', () => {
  it('is within 2 ulp', () => {
    expect(worst(exp64, Math.exp, 20_000, (u) => (u - 0.5) * 1400)).toBeLessThanOrEqual(2);
    expect(worst(exp64, Math.exp, 20_000, (u) => (u - 0.5) * 2)).toBeLessThanOrEqual(2);
    expect(worst(exp64, Math.exp, 2_000, (u) => -708 - u * 37)).toBeLessThanOrEqual(2);
  });
  it('handles its edge cases', () => {
    expect([0, Infinity, -Infinity, NaN, 709.8, -745.2, 1e9, -1e9].map(exp64)).toEqual([
      1,
      Infinity,
      0,
      NaN,
      Infinity,
      0,
      Infinity,
      0,
    ]);
    expect(exp64(709.78)).toBeLessThan(Infinity);
    expect(exp64(-745.1)).toBe(5e-324);
  });
});

describe('sin64 and cos64', () => {
  it('are within 2 ulp up to 10^5, also next to their zeros', () => {
    const places: ((u: number) => number)[] = [
      (u) => u * 7,
      (u) => (u - 0.5) * 2e5,
      (u) => (Math.floor(u * 63_000) * Math.PI) / 2,
    ];
    for (const at of places) {
      expect(worst(sin64, Math.sin, 20_000, at)).toBeLessThanOrEqual(2);
      expect(worst(cos64, Math.cos, 20_000, at)).toBeLessThanOrEqual(2);
    }
  });
  it('knows exact values', () => {
    expect([sin64(0), cos64(0), cos64(Math.PI), sin64(Math.PI / 2), sin64(NaN)]).toEqual([0, 1, -1, 1, NaN]);
  });
});

describe('normal64', () => {
  it('gives the three check values of AS 241', () => {
    for (const [p, z] of [
      [0.25, -0.6744897501960817],
      [0.001, -3.090232306167814],
      [1e-20, -9.262340089798408],
    ]) {
      expect(Math.abs(normal64(p) - z)).toBeLessThan(1e-15 * Math.abs(z));
    }
  });
  it('gives published quantiles', () => {
    for (const [p, z] of [
      [0.975, 1.959963984540054],
      [0.995, 2.5758293035489004],
      [0.9, 1.2815515655446004],
      [0.95, 1.6448536269514722],
      [0.99, 2.3263478740408408],
      [0.6, 0.2533471031357997],
    ]) {
      expect(Math.abs(normal64(p) - z)).toBeLessThan(1e-15 * z);
    }
  });
  it('is odd around one half, and rejects values that are not a probability', () => {
    expect(normal64(0.5)).toBe(0);
    for (const p of [2 ** -24, 2 ** -10, 0.07421875, 0.25, 0.4375]) expect(normal64(1 - p)).toBe(-normal64(p));
    expect([0, 1, -1, 2, NaN].map(normal64)).toEqual([NaN, NaN, NaN, NaN, NaN]);
  });
  it('never decreases where its three pieces meet', () => {
    for (const p of [0.075, 0.925, Math.exp(-25)]) {
      let before = normal64(p * (1 - 1e-13));
      for (let i = -9; i <= 10; i++) {
        const now = normal64(p * (1 + i * 1e-14));
        expect(now).toBeGreaterThanOrEqual(before - 4e-16 * Math.abs(before));
        before = now;
      }
    }
  });
});

describe('powInt', () => {
  it('is a power', () => {
    expect([0, 1, 2, 10, 31].map((t) => powInt(2, t))).toEqual([1, 2, 4, 1024, 2 ** 31]);
    expect(powInt(0.9, 3)).toBe(0.9 * (0.9 * 0.9));
    expect(Math.abs(powInt(0.999, 12345) / 0.999 ** 12345 - 1)).toBeLessThan(1e-12);
    expect(powInt(0.9, 2 ** 31 - 1)).toBe(0);
  });
});

describe('bits', () => {
  // Digests of 2,000 values each, little-endian, computed outside JavaScript (CPython floats) from the same definitions:
  // an accurate but different order of operations must not pass.
  const digest = (f: (i: number) => number) =>
    sha256Hex(new Uint8Array(Float64Array.from({ length: 2000 }, (_, i) => f(i)).buffer));
  it.each([
    ['log64', 'b1cb46bbf911fb5958055a083f99172b0cb9074cfe79f13beaa492fb4b12dda7', (i: number) => log64((i + 1) / 32)],
    [
      'exp64',
      'f1df6df8bc6d2cc2aefd213677e03e666954a38111154e20656717702fe13841',
      (i: number) => exp64((i - 1000) * 0.6875),
    ],
    [
      'sin64',
      '982d371adf2e8372dc68fcc622f8fec7c23357fd3c9e4172c50983d7b1148bdf',
      (i: number) => sin64((i - 1000) * 97.3125),
    ],
    [
      'cos64',
      'e415bd011e0f999a3e7d5923e0671854b4a0d730efa740b57f431326cfd7a47c',
      (i: number) => cos64((i - 1000) * 97.3125),
    ],
    [
      'normal64',
      '807ccc8e838b96b66a9dd93cd552018638b9a2c91fde8da5abdf3a4eebc478cf',
      (i: number) => normal64((i === 0 ? 1 : i * 8386) * 2 ** -24),
    ],
  ])('%s', (_, expected, f) => {
    expect(digest(f)).toBe(expected);
  });
});
