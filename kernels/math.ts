// Vectors of four, sums over rows, and the functions of docs/arithmetic.md. Nothing here knows of a layer.

/** Word i of an operation's arguments, as an unsigned number or a byte address. */
// @ts-ignore: decorator
@inline
export function arg(args: usize, i: i32): usize {
  return load<u32>(args + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
export function argF(args: usize, i: i32): f32 {
  return load<f32>(args + (<usize>i << 2));
}

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

/** exp of four numbers; a NaN stays one. */
// @ts-ignore: decorator
@inline
export function vexp(x: v128): v128 {
  const least = f32x4.splat(-87.33);
  const c = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.37)), least); // in this order both keep a NaN of the first operand
  const n = f32x4.nearest(f32x4.mul(c, f32x4.splat(1.44269504)));
  let r = f32x4.relaxed_nmadd(n, f32x4.splat(0.693359375), c);
  r = f32x4.relaxed_nmadd(n, f32x4.splat(-2.1219444e-4), r);
  let y = f32x4.splat(1.98756915e-4);
  y = f32x4.relaxed_madd(y, r, f32x4.splat(1.3981999507e-3));
  y = f32x4.relaxed_madd(y, r, f32x4.splat(8.3334519073e-3));
  y = f32x4.relaxed_madd(y, r, f32x4.splat(4.1665795894e-2));
  y = f32x4.relaxed_madd(y, r, f32x4.splat(1.6666665459e-1));
  y = f32x4.relaxed_madd(y, r, f32x4.splat(5.0000001201e-1));
  y = f32x4.relaxed_madd(y, f32x4.mul(r, r), r);
  y = f32x4.add(y, f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(x, least));
}

// @ts-ignore: decorator
@inline
export function vsigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, vexp(f32x4.neg(x))));
}
