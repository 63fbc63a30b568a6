// For the oracle's own tests: numbers to try, and derivatives by finite differences.

import { normal64 } from '../functions.ts';
import { philox4x32 } from '../philox.ts';
import type { Arithmetic, FloatArray } from './oracle/arithmetic.ts';

/** Words of 32 bits in turn, the same ones for the same seed. */
export function randomWords(seed: number): () => number {
  let count = 0;
  return () => {
    const place = count++;
    return philox4x32([Math.floor(place / 4), 0, 0, 0], [seed, 1])[place % 4];
  };
}

/** n normal numbers. */
export function normals(A: Arithmetic, n: number, seed: number, std = 1): FloatArray {
  const word = randomWords(seed);
  const values = A.array(n);
  for (let i = 0; i < n; i++) values[i] = normal64((word() + 0.5) * 2 ** -32) * std;
  return values;
}

/** n whole numbers below `limit`. */
export function wholes(n: number, limit: number, seed: number): Int32Array {
  const word = randomWords(seed);
  return Int32Array.from({ length: n }, () => word() % limit);
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/**
 * How far a gradient is from central differences of `f` in the elements of `x`: the largest difference over
 * the largest derivative met. All elements, or `most` of them spread over the array.
 */
export function gradientError(f: () => number, x: FloatArray, gradient: FloatArray, most = Infinity): number {
  const h = 1e-5;
  const count = Math.min(x.length, most);
  let error = 0;
  let size = 0;
  for (let n = 0; n < count; n++) {
    const i = Math.floor(((n + 0.5) * x.length) / count);
    const x0 = x[i];
    const at = (step: number) => {
      x[i] = x0 + step;
      return f();
    };
    const slope = (at(h) - at(-h)) / (2 * h);
    x[i] = x0;
    error = Math.max(error, Math.abs(slope - gradient[i]));
    size = Math.max(size, Math.abs(slope), Math.abs(gradient[i]));
  }
  return size === 0 ? error : error / size;
}
