// The numbers an operation is computed in: binary32 by the rules of docs/arithmetic.md, or plain binary64, in which
// derivatives can be checked by finite differences. Knows nothing of the operations.

export type FloatArray = Float32Array | Float64Array;

export interface Arithmetic {
  /** An array of n numbers, all +0. */
  array(n: number): FloatArray;
  /** a * b + c, rounded once. The operands are numbers of this arithmetic. */
  fma(a: number, b: number, c: number): number;
  /** To the nearest number of this arithmetic, ties to even. */
  round(x: number): number;
  /** e^x. */
  exp(x: number): number;
}

const float = new Float64Array(1);
const words = new Int32Array(float.buffer); // low word first: every machine Node 24 runs kernels on is little-endian

/**
 * a * b + c for three binary32 values, rounded once to binary32. The product is exact in binary64. The sum is rounded to
 * odd: where it is not exact, the one of its two neighbours in binary64 whose last bit is 1. That bit stands for all that
 * was cut off, and since binary64 has more than two bits to spare, the second rounding then comes out as if it were the only one.
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  // What the rounding of the sum left out, exactly (Knuth's two-sum; nothing here can overflow or underflow).
  const part = sum - product;
  const rest = product - (sum - part) + (c - part);
  if (rest !== 0 && rest - rest === 0) {
    float[0] = sum;
    // An even sum is stepped to its odd neighbour on the side of the rest: away from zero if both have one sign.
    if ((words[0] & 1) === 0) {
      if (sum > 0 === rest > 0) {
        words[0] += 1;
      } else {
        if (words[0] === 0) words[1] -= 1;
        words[0] -= 1;
      }
      return Math.fround(float[0]);
    }
  }
  return Math.fround(sum);
}

const LOG2_E = Math.fround(1.44269504);
const LN2_HIGH = Math.fround(0.693359375);
const LN2_LOW = Math.fround(-2.1219444e-4);
const HIGHEST = Math.fround(88.37);
const LOWEST = Math.fround(-87.33);
const FIRST = Math.fround(1.98756915e-4);
const COEFFICIENTS = Float32Array.of(
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
);

/** Nearest whole number, ties to even; |x| < 2^51. */
const roundToEven = (x: number): number => x + 6755399441055744 - 6755399441055744; // 1.5 * 2^52

function exp32(x: number): number {
  if (x < LOWEST) return 0;
  const c = Math.min(x, HIGHEST); // a NaN stays one
  const n = roundToEven(Math.fround(c * LOG2_E));
  let r = fma32(-n, LN2_HIGH, c);
  r = fma32(-n, LN2_LOW, r);
  let y = FIRST;
  for (const k of COEFFICIENTS) y = fma32(y, r, k);
  y = fma32(y, Math.fround(r * r), r);
  y = Math.fround(y + 1);
  return Math.fround(y * 2 ** n); // exact: n lies from -126 to 127
}

export const binary32: Arithmetic = {
  array: (n) => new Float32Array(n),
  fma: fma32,
  round: Math.fround,
  exp: exp32,
};

/** No weight comes from here, so it may use the engine's own exp, whose derivative it is (the polynomial's is not). */
export const binary64: Arithmetic = {
  array: (n) => new Float64Array(n),
  fma: (a, b, c) => a * b + c,
  round: (x) => x,
  exp: Math.exp,
};
