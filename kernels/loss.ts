// Softmax cross-entropy over rows of logits; the gradient overwrites the logits.
import { exponentials, loss } from './build/crossing';
import { log64 } from './functions';
import { read, rowMax, rowSum, vexp, write } from './math';

/**
 * Items: rows. Targets are 32-bit words, -1 where a row has none; losses f64; shares, one f32 a row, weigh the gradient.
 * Rows are padded to a multiple of 16 floats; the padding is undefined afterwards.
 */
export function lossItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const logits = loss.logits(args);
  const stride = loss.stride(args);
  const targets = loss.targets(args);
  const losses = loss.losses(args);
  const V = loss.V(args);
  const shares = loss.shares(args);
  const gradient = loss.gradient(args);
  const bytes = <usize>V << 2;
  for (let m = first; m < last; m++) {
    const row = logits + <usize>m * stride;
    const id = load<i32>(targets + (<usize>m << 2));
    if (id < 0) {
      store<f64>(losses + (<usize>m << 3), 0);
      if (gradient) memory.fill(row, 0, bytes);
      continue;
    }
    const target = row + (<usize>id << 2);
    const most = rowMax(row, V);
    const chosen = load<f32>(target);
    const m4 = f32x4.splat(most);
    for (let p = row; p < row + bytes; p += 32) {
      const lo = vexp(f32x4.sub(v128.load(p), m4));
      const hi = vexp(f32x4.sub(v128.load(p, 16), m4));
      v128.store(p, lo);
      v128.store(p, hi, 16);
    }
    const sum = rowSum(row, V);
    store<f64>(losses + (<usize>m << 3), log64(<f64>sum) + (<f64>most - <f64>chosen));
    if (!gradient) continue;
    const share = load<f32>(shares + (<usize>m << 2));
    const scale = f32x4.splat(share);
    const inv: f32 = 1 / sum;
    const i4 = f32x4.splat(inv);
    const p: f32 = load<f32>(target) * inv - 1;
    for (let at = row; at < row + bytes; at += 32) {
      const lo = f32x4.mul(f32x4.mul(v128.load(at), i4), scale);
      const hi = f32x4.mul(f32x4.mul(v128.load(at, 16), i4), scale);
      v128.store(at, lo);
      v128.store(at, hi, 16);
    }
    store<f32>(target, p * share);
  }
}

/** y = exp((x - the largest x) * scale), and their sum. One item: a vector. */
export function exponentialsItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const x = exponentials.x(args);
  const y = exponentials.y(args);
  const count = exponentials.count(args);
  const most = f32x4.splat(rowMax(x, count));
  const scale = f32x4.splat(exponentials.scale(args));
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    write(y + at, vexp(f32x4.mul(f32x4.sub(read(x + at, count - i), most), scale)), count - i);
  }
  store<f32>(exponentials.sum(args), rowSum(y, count));
}
