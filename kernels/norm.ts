// RMSNorm. Threads split the rows. The gradient of the weight is a chain over rows for each column, so there they split the columns.
import { COLUMN_GROUP, norm, normBackward, normWeight } from './build/crossing';
import { loadPart, rowDot, storePart } from './math';

/** Items: rows. */
export function normItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const w = norm.weight(args);
  const D = norm.D(args);
  const eps = norm.eps(args);
  const stride = <usize>D << 2;
  for (let m = first; m < last; m++) {
    const x = norm.x(args) + <usize>m * stride;
    const y = norm.y(args) + <usize>m * stride;
    const inv: f32 = 1 / sqrt<f32>(rowDot(x, x, D) / <f32>D + eps);
    store<f32>(norm.inv(args) + (<usize>m << 2), inv);
    const i4 = f32x4.splat(inv);
    let i = 0;
    for (; i + 8 <= D; i += 8) {
      const at = <usize>i << 2;
      const lo = f32x4.mul(f32x4.mul(v128.load(x + at), i4), v128.load(w + at));
      const hi = f32x4.mul(f32x4.mul(v128.load(x + at, 16), i4), v128.load(w + at, 16));
      v128.store(y + at, lo);
      v128.store(y + at, hi, 16);
    }
    for (; i < D; i++) {
      const at = <usize>i << 2;
      store<f32>(y + at, load<f32>(x + at) * inv * load<f32>(w + at));
    }
  }
}

/** Items: rows. Adds to dx: dx = fma(inv, fma(-h, c, t), dx). */
export function normBackwardItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const w = normBackward.weight(args);
  const D = normBackward.D(args);
  const stride = <usize>D << 2;
  for (let m = first; m < last; m++) {
    const dy = normBackward.dy(args) + <usize>m * stride;
    const x = normBackward.x(args) + <usize>m * stride;
    const dx = normBackward.dx(args) + <usize>m * stride;
    const inv = f32x4.splat(load<f32>(normBackward.inv(args) + (<usize>m << 2)));
    // t and h of the row, padded with +0 to a multiple of eight
    const t = scratch;
    const h = scratch + stride + 64;
    let i = 0;
    for (; i + 8 <= D; i += 8) {
      const at = <usize>i << 2;
      const t0 = f32x4.mul(v128.load(dy + at), v128.load(w + at));
      const t1 = f32x4.mul(v128.load(dy + at, 16), v128.load(w + at, 16));
      const h0 = f32x4.mul(v128.load(x + at), inv);
      const h1 = f32x4.mul(v128.load(x + at, 16), inv);
      v128.store(t + at, t0);
      v128.store(t + at, t1, 16);
      v128.store(h + at, h0);
      v128.store(h + at, h1, 16);
    }
    for (; i < D; i += 4) {
      const at = <usize>i << 2;
      v128.store(t + at, f32x4.mul(loadPart(dy + at, D - i), loadPart(w + at, D - i)));
      v128.store(h + at, f32x4.mul(loadPart(x + at, D - i), inv));
    }
    const c = f32x4.splat(rowDot(t, h, D) / <f32>D);
    for (i = 0; i + 8 <= D; i += 8) {
      const at = <usize>i << 2;
      const u0 = f32x4.relaxed_nmadd(v128.load(h + at), c, v128.load(t + at));
      const u1 = f32x4.relaxed_nmadd(v128.load(h + at, 16), c, v128.load(t + at, 16));
      const lo = f32x4.relaxed_madd(inv, u0, v128.load(dx + at));
      const hi = f32x4.relaxed_madd(inv, u1, v128.load(dx + at, 16));
      v128.store(dx + at, lo);
      v128.store(dx + at, hi, 16);
    }
    for (; i < D; i += 4) {
      const at = <usize>i << 2;
      const u = f32x4.relaxed_nmadd(v128.load(h + at), c, v128.load(t + at));
      storePart(dx + at, f32x4.relaxed_madd(inv, u, loadPart(dx + at, D - i)), D - i);
    }
  }
}

/** Items: groups of COLUMN_GROUP columns. dWeight continues its chains. */
export function normWeightItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const M = normWeight.M(args);
  const D = normWeight.D(args);
  const stride = <usize>D << 2;
  for (let item = first; item < last; item++) {
    const from = item * COLUMN_GROUP;
    const to = min(D, from + COLUMN_GROUP);
    for (let j = from; j < to; j += 4) {
      const left = D - j;
      const at = <usize>j << 2;
      let dy = normWeight.dy(args) + at;
      let x = normWeight.x(args) + at;
      let inv = normWeight.inv(args);
      const place = normWeight.dWeight(args) + at;
      let sum = loadPart(place, left);
      if (left >= 4) {
        for (let m = 0; m < M; m++, dy += stride, x += stride, inv += 4) {
          sum = f32x4.relaxed_madd(v128.load(dy), f32x4.mul(v128.load(x), v128.load_splat<f32>(inv)), sum);
        }
      } else {
        for (let m = 0; m < M; m++, dy += stride, x += stride, inv += 4) {
          sum = f32x4.relaxed_madd(loadPart(dy, left), f32x4.mul(loadPart(x, left), v128.load_splat<f32>(inv)), sum);
        }
      }
      storePart(place, sum, left);
    }
  }
}
