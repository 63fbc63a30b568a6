// Softmax cross-entropy over rows of logits; the gradient takes the logits' place.
import { log64 } from './functions';
import { arg, argF, rowMax, rowSum, vexp } from './math';

/**
 * Items: rows. Arguments: logits, row stride, targets (i32), losses (f64), V, 1/n, gradient wanted (0 or 1).
 * Rows are padded to a multiple of 16 floats; what stands in the padding afterwards means nothing.
 */
export function lossItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const stride = arg(args, 1);
  const V = <i32>arg(args, 4);
  const scale = f32x4.splat(argF(args, 5));
  const bytes = <usize>V << 2;
  for (let m = first; m < last; m++) {
    const row = arg(args, 0) + <usize>m * stride;
    const target = row + (<usize>load<u32>(arg(args, 2) + (<usize>m << 2)) << 2);
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
    store<f64>(arg(args, 3) + (<usize>m << 3), log64(<f64>sum) + (<f64>most - <f64>chosen));
    if (arg(args, 6) == 0) continue;
    const inv: f32 = 1 / sum;
    const i4 = f32x4.splat(inv);
    const p: f32 = load<f32>(target) * inv - 1;
    for (let at = row; at < row + bytes; at += 32) {
      const lo = f32x4.mul(f32x4.mul(v128.load(at), i4), scale);
      const hi = f32x4.mul(f32x4.mul(v128.load(at, 16), i4), scale);
      v128.store(at, lo);
      v128.store(at, hi, 16);
    }
    store<f32>(target, p * argF(args, 5));
  }
}
