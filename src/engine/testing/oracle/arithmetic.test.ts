// The binary32 fma against exact integer arithmetic, exp against Math.exp, rowSum against its written-out order.

import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../ledger/index.ts';
import { randomWords } from '../numbers.ts';
import { binary32, fma32 } from './arithmetic.ts';
import { rowSum, rowSumOfProducts, sigmoid } from './elementary.ts';

const view = new DataView(new ArrayBuffer(4));
const fromBits = (word: number) => {
  view.setUint32(0, word);
  return view.getFloat32(0);
};
const toBits = (x: number) => {
  view.setFloat32(0, x);
  return view.getUint32(0);
};

/** A finite binary32 as a whole multiple of 2^-149. */
function multiple(x: number) {
  const word = toBits(x);
  const exponent = (word >>> 23) & 255;
  const digits = BigInt((word & 0x7fffff) | (exponent ? 0x800000 : 0)) << BigInt(Math.max(exponent - 1, 0));
  return word >>> 31 ? -digits : digits;
}

/** a * b + c for finite operands, exactly, then rounded by the book. */
function exactFma(a: number, b: number, c: number) {
  // in multiples of 2^-298
  const product = multiple(a) * multiple(b);
  const exact = product + (multiple(c) << 149n);
  if (exact === 0n) {
    const negative = (x: number) => toBits(x) >>> 31 === 1;
    // An exact zero: -0 only where both terms are (zero and) negative.
    return negative(a) !== negative(b) && negative(c) ? -0 : 0;
  }
  const size = exact < 0n ? -exact : exact;
  const length = size.toString(2).length;
  const cut = BigInt(Math.max(length - 24, 149)); // 24 digits, but nothing below 2^-149
  let digits = size >> cut;
  const rest = size & ((1n << cut) - 1n);
  const half = 1n << (cut - 1n);
  if (rest > half || (rest === half && digits & 1n)) digits += 1n;
  // digits * 2^(cut - 298): exact in binary64, and beyond the largest binary32 where it overflows
  const value = Number(digits) * 2 ** (Number(cut) - 298);
  const bounded = value >= 2 ** 128 ? Infinity : value;
  return exact < 0n ? -bounded : bounded;
}

function check(a: number, b: number, c: number) {
  const ours = fma32(a, b, c);
  const exact = exactFma(a, b, c);
  if (!Object.is(ours, exact)) throw new Error(`fma(${a}, ${b}, ${c}) = ${ours}, not ${exact}`);
}

describe('fma32', () => {
  it('is exact on random bit patterns', () => {
    const word = randomWords(1);
    const finite = () => {
      for (;;) {
        const x = fromBits(word());
        if (Number.isFinite(x)) return x;
      }
    };
    for (let i = 0; i < 20_000; i++) check(finite(), finite(), finite());
  });

  it('is exact where the terms are similar in size, cancel, or are far apart', () => {
    const word = randomWords(2);
    const near = (spread: number) => {
      const x = (1 + (word() >>> 9) * 2 ** -23) * 2 ** ((word() % (2 * spread + 1)) - spread);
      return word() & 1 ? x : -x;
    };
    for (let i = 0; i < 20_000; i++) {
      const a = near(3);
      const b = near(3);
      check(a, b, near(30));
      check(a, b, -Math.fround(a * b)); // cancels down to the product's own rounding error
    }
  });

  it('is exact on subnormals', () => {
    const word = randomWords(3);
    for (let i = 0; i < 20_000; i++) {
      const sign = word() & 0x80000000;
      const a = fromBits((sign | (word() % 0x3000000)) >>> 0);
      const b = fromBits((0x3f000000 + (word() % 0x1000000)) >>> 0);
      const c = fromBits(((word() & 0x80000000) | (word() % 0x1000000)) >>> 0);
      check(a, b, c);
      // products that lie in the subnormal range themselves
      check(fromBits(0x1f000000 + (word() % 0x1000000)), fromBits(0x1f000000 + (word() % 0x1800000)), c);
    }
  });

  it('is exact at ties, and so close to ties that binary64 cannot tell the difference', () => {
    const word = randomWords(4);
    for (let i = 0; i < 10_000; i++) {
      const exponent = (word() % 200) - 100;
      const c = (1 + (word() >>> 9) * 2 ** -23) * 2 ** exponent;
      const half = (word() & 1 ? 1 : -1) * 2 ** (exponent - 24);
      check(half, 1, c);
      // (1 + 2^-k)(1 - 2^-k + 2^-2k) = 1 + 2^-3k and (1 + 2^-k)(1 - 2^-k) = 1 - 2^-2k
      const up = 2 ** -(10 + (word() % 3));
      check(half * (1 + up), 1 - up + up * up, c);
      const down = 2 ** -(13 + (word() % 11));
      check(half * (1 + down), 1 - down, c);
    }
    // Rounding twice would give 1 and 1 + 2^-22 here.
    const up = 2 ** -12;
    expect(fma32(2 ** -24 * (1 + up), 1 - up + up * up, 1)).toBe(1 + 2 ** -23);
    const down = 2 ** -18;
    expect(fma32(2 ** -24 * (1 + down), 1 - down, 1 + 2 ** -23)).toBe(1 + 2 ** -23);
    for (const c of [0, 2 ** -149, -(2 ** -149), 3 * 2 ** -149, 1, -1]) {
      for (const odd of [1, 3, 5, 7, 1 + 2 ** -23, 3 - 2 ** -22]) {
        check(odd * 2 ** -75, 2 ** -75, c); // odd multiples of half the smallest number, or a hair beside them
        check(-odd * 2 ** -75, 2 ** -75, c);
        check(odd * 2 ** -100, 2 ** -100, c);
        check(-odd * 2 ** -100, 2 ** -100, c);
      }
    }
  });

  it('overflows exactly where it must', () => {
    const largest = fromBits(0x7f7fffff);
    const word = randomWords(5);
    check(largest, 1, 2 ** 102); // just below the tie
    check(largest, 1, 2 ** 103); // the tie itself
    check(largest, 1, fromBits(toBits(2 ** 103) - 1));
    check(-largest, 1, -(2 ** 103));
    check(largest, largest, -largest);
    check(largest, 2, -largest);
    check(2 ** 127, 2, -(2 ** 104));
    for (let i = 0; i < 5_000; i++) {
      check(fromBits(0x5f000000 + (word() % 0x1000000)), fromBits(0x5f000000 + (word() % 0x1000000)), -largest);
    }
  });

  it('keeps the signs of zeros, infinities and NaN', () => {
    for (const a of [0, -0, 1, -1]) for (const b of [0, -0, 2]) for (const c of [0, -0, 2, -2]) check(a, b, c);
    expect(fma32(Infinity, 1, 1)).toBe(Infinity);
    expect(fma32(1, 1, -Infinity)).toBe(-Infinity);
    expect(fma32(Infinity, 1, -Infinity)).toBeNaN();
    expect(fma32(Infinity, 0, 1)).toBeNaN();
    expect(fma32(NaN, 0, 1)).toBeNaN();
  });

  it('is fused', () => {
    const a = 1 + 2 ** -12;
    expect(fma32(a, a, -(1 + 2 ** -11))).toBe(2 ** -24);
  });
});

describe('exp', () => {
  it('is within 1.5 units in the last place of e^x, and exactly 1 at 0', () => {
    let worst = 0;
    for (let i = 0; i <= 40_000; i++) {
      const x = Math.fround(-87.33 + (i * (88.37 + 87.33)) / 40_000);
      const clamped = Math.min(x, Math.fround(88.37));
      const truth = Math.exp(clamped);
      const unit = 2 ** (Math.floor(Math.log2(truth)) - 23);
      if (x >= Math.fround(-87.33)) worst = Math.max(worst, Math.abs(binary32.exp(x) - truth) / unit);
    }
    expect(worst).toBeLessThan(1.5);
    expect(binary32.exp(0)).toBe(1);
    expect(binary32.exp(-0)).toBe(1);
  });
  it('is +0 below -87.33, constant above 88.37, NaN for NaN', () => {
    const lowest = Math.fround(-87.33);
    expect(binary32.exp(lowest)).toBeGreaterThan(1.1e-38);
    for (const x of [lowest - 2 ** -17, -100, -Infinity]) expect(binary32.exp(x)).toBe(0);
    for (const x of [88.5, 1000, Infinity]) expect(binary32.exp(x)).toBe(binary32.exp(Math.fround(88.37)));
    expect(binary32.exp(Infinity)).toBeLessThan(Infinity);
    expect(binary32.exp(NaN)).toBeNaN();
  });
  it('has the bits of exact fractions', () => {
    // Computed outside JavaScript (CPython's Fraction, rounded by the book at each step); from -90 to 97.4.
    const values = Float32Array.from({ length: 2000 }, (_, i) => binary32.exp((i * 3) / 32 - 90));
    const digest = sha256Hex(new Uint8Array(values.buffer));
    expect(digest).toBe('96dba17dce3b09390fa6e576329197c216064bf37b0869e49bb657e6409af41f');
  });
});

describe('sigmoid', () => {
  it('is near 1/(1+e^-x) and stays within 0 and 1', () => {
    for (let x = -90; x <= 90; x += 0.25) {
      const y = sigmoid(binary32, x);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(1);
      if (x > -87) expect(Math.abs(y * (1 + Math.exp(-x)) - 1)).toBeLessThan(4e-7);
    }
    expect(sigmoid(binary32, 0)).toBe(0.5);
  });
});

describe('rowSum', () => {
  const f = Math.fround;
  it('adds in eight lanes and a fixed tree', () => {
    const word = randomWords(6);
    const a = Float32Array.from({ length: 19 }, () => word() / 2 ** 31 - 1);
    const two = (i: number) => f(a[i] + a[i + 8]);
    const lane = [0, 1, 2].map((i) => f(two(i) + a[i + 16])).concat([3, 4, 5, 6, 7].map(two));
    const even = f(f(lane[0] + lane[4]) + f(lane[2] + lane[6]));
    const odd = f(f(lane[1] + lane[5]) + f(lane[3] + lane[7]));
    expect(rowSum(binary32, a)).toBe(f(even + odd));
    // a case in which order tells: 1 is lost next to 2^24, and kept away from it
    expect(rowSum(binary32, Float32Array.of(2 ** 24, 0, 0, 0, 0, 0, 0, 0, 1))).toBe(2 ** 24);
    expect(rowSum(binary32, Float32Array.of(2 ** 24, 1, 0, 1))).toBe(2 ** 24 + 2);
  });
  it('fuses products', () => {
    const a = f(1 + 2 ** -12);
    expect(
      rowSumOfProducts(
        binary32,
        Float32Array.of(-(1 + 2 ** -11), 0, 0, 0, 0, 0, 0, 0, a),
        Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, a),
      ),
    ).toBe(2 ** -24);
  });
  it('pads with zeros whose operands are +0: a lane of -0 becomes +0', () => {
    expect(rowSum(binary32, new Float32Array(0))).toBe(0);
    // Products of -2^-200 underflow to -0. Eight of them fill every lane; a ninth makes seven lanes meet a +0.
    const sum = (n: number) =>
      rowSumOfProducts(binary32, new Float32Array(n).fill(-(2 ** -100)), new Float32Array(n).fill(2 ** -100));
    expect([8, 9, 15, 16].map(sum)).toEqual([-0, 0, 0, -0]);
  });
});
