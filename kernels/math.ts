// Vectors of four, sums over rows, and the functions of docs/arithmetic.md. Knows no layers.

import { MEMORY_CONSTANTS as TABLE } from './build/crossing';

// Loops that store two vectors side by side load both before they store either: only then does V8 pair them into one
// 256-bit register.

/** The first `count` (0 to 4) floats at p, the rest +0. */
export function loadPart(p: usize, count: i32): v128 {
  let v = f32x4.splat(0);
  if (count >= 4) return v128.load(p);
  if (count > 0) v = v128.load32_zero(p);
  if (count > 1) v = v128.load_lane<f32>(p, v, 1, 4);
  if (count > 2) v = v128.load_lane<f32>(p, v, 2, 8);
  return v;
}

/** Stores the first `count` (0 to 4) floats of v at p. */
export function storePart(p: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, v);
    return;
  }
  if (count > 0) v128.store_lane<f32>(p, v, 0);
  if (count > 1) v128.store_lane<f32>(p, v, 1, 4);
  if (count > 2) v128.store_lane<f32>(p, v, 2, 8);
}

/** Loads `count` (1 to 4) floats; 4 written as a constant leaves a plain vector load. */
// @ts-ignore: decorator
@inline
export function read(p: usize, count: i32): v128 {
  return count >= 4 ? v128.load(p) : loadPart(p, count);
}

/** Stores them. */
// @ts-ignore: decorator
@inline
export function write(p: usize, x: v128, count: i32): void {
  if (count >= 4) v128.store(p, x);
  else storePart(p, x, count);
}

/** The fixed tree over eight lanes: lo holds lanes 0 to 3, hi 4 to 7. */
// @ts-ignore: decorator
@inline
export function sumOfLanes(lo: v128, hi: v128): f32 {
  const s = f32x4.add(lo, hi);
  return f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 2) + (f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 3));
}

/** rowSum(a[i] * b[i]) over n elements. */
export function rowDot(a: usize, b: usize, n: i32): f32 {
  let lo = f32x4.splat(0);
  let hi = f32x4.splat(0);
  const whole = a + ((<usize>n & ~7) << 2);
  for (; a < whole; a += 32, b += 32) {
    lo = f32x4.relaxed_madd(v128.load(a), v128.load(b), lo);
    hi = f32x4.relaxed_madd(v128.load(a, 16), v128.load(b, 16), hi);
  }
  const left = n & 7;
  if (left) {
    lo = f32x4.relaxed_madd(loadPart(a, left), loadPart(b, left), lo);
    hi = f32x4.relaxed_madd(loadPart(a + 16, left - 4), loadPart(b + 16, left - 4), hi);
  }
  return sumOfLanes(lo, hi);
}

/** rowSum(a[i]) over n elements. */
export function rowSum(a: usize, n: i32): f32 {
  let lo = f32x4.splat(0);
  let hi = f32x4.splat(0);
  const whole = a + ((<usize>n & ~7) << 2);
  for (; a < whole; a += 32) {
    lo = f32x4.add(lo, v128.load(a));
    hi = f32x4.add(hi, v128.load(a, 16));
  }
  const left = n & 7;
  if (left) {
    lo = f32x4.add(lo, loadPart(a, left));
    hi = f32x4.add(hi, loadPart(a + 16, left - 4));
  }
  return sumOfLanes(lo, hi);
}

/** The largest of n >= 1 floats. */
export function rowMax(a: usize, n: i32): f32 {
  let most = load<f32>(a);
  let i = 0;
  if (n >= 8) {
    let lo = v128.load(a);
    let hi = v128.load(a, 16);
    for (i = 8; i + 8 <= n; i += 8) {
      const p = a + (<usize>i << 2);
      lo = f32x4.pmax(lo, v128.load(p));
      hi = f32x4.pmax(hi, v128.load(p, 16));
    }
    lo = f32x4.pmax(lo, hi);
    most = max(
      max(f32x4.extract_lane(lo, 0), f32x4.extract_lane(lo, 1)),
      max(f32x4.extract_lane(lo, 2), f32x4.extract_lane(lo, 3)),
    );
  }
  for (; i < n; i++) most = max(most, load<f32>(a + (<usize>i << 2)));
  return most;
}

/**
 * Writes the constants of exp; once, before any other call. They are in memory because V8 would otherwise build each constant from
 * two halves at every use.
 */
export function prepare(): void {
  store<f32>(TABLE, 88.37);
  store<f32>(TABLE, -87.33, 4);
  store<f32>(TABLE, 1.44269504, 8);
  store<f32>(TABLE, 12582912, 12);
  store<f32>(TABLE, 0.693359375, 16);
  store<f32>(TABLE, -2.1219444e-4, 20);
  store<f32>(TABLE, 1.98756915e-4, 24);
  store<f32>(TABLE, 1.3981999507e-3, 28);
  store<f32>(TABLE, 8.3334519073e-3, 32);
  store<f32>(TABLE, 4.1665795894e-2, 36);
  store<f32>(TABLE, 1.6666665459e-1, 40);
  store<f32>(TABLE, 5.0000001201e-1, 44);
  store<f32>(TABLE, 1, 48);
  store<i32>(TABLE, 127, 52);
}

/** exp of four numbers; a NaN stays one. */
// @ts-ignore: decorator
@inline
export function vexp(x: v128): v128 {
  const least = v128.load_splat<f32>(TABLE, 4);
  const c = f32x4.pmax(f32x4.pmin(x, v128.load_splat<f32>(TABLE)), least); // in this order both keep a NaN of the first operand
  // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number, ties to even; in between, the low bits hold that number.
  const shift = v128.load_splat<f32>(TABLE, 12);
  const shifted = f32x4.add(f32x4.mul(c, v128.load_splat<f32>(TABLE, 8)), shift);
  const n = f32x4.sub(shifted, shift);
  let r = f32x4.relaxed_nmadd(n, v128.load_splat<f32>(TABLE, 16), c);
  r = f32x4.relaxed_nmadd(n, v128.load_splat<f32>(TABLE, 20), r);
  let y = v128.load_splat<f32>(TABLE, 24);
  y = f32x4.relaxed_madd(y, r, v128.load_splat<f32>(TABLE, 28));
  y = f32x4.relaxed_madd(y, r, v128.load_splat<f32>(TABLE, 32));
  y = f32x4.relaxed_madd(y, r, v128.load_splat<f32>(TABLE, 36));
  y = f32x4.relaxed_madd(y, r, v128.load_splat<f32>(TABLE, 40));
  y = f32x4.relaxed_madd(y, r, v128.load_splat<f32>(TABLE, 44));
  y = f32x4.relaxed_madd(y, f32x4.mul(r, r), r);
  y = f32x4.add(y, v128.load_splat<f32>(TABLE, 48));
  const power = i32x4.shl(i32x4.add(shifted, v128.load_splat<i32>(TABLE, 52)), 23);
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(x, least));
}

// @ts-ignore: decorator
@inline
export function vsigmoid(x: v128): v128 {
  const one = v128.load_splat<f32>(TABLE, 48);
  return f32x4.div(one, f32x4.add(one, vexp(f32x4.neg(x))));
}

/** Stores four vectors as the columns of four rows. */
// @ts-ignore: decorator
@inline
export function storeTransposed(place: usize, stride: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(place, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  v128.store(place + stride, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
  v128.store(place + 2 * stride, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
  v128.store(place + 3 * stride, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
}
