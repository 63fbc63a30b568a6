// Gradient norm, AdamW, and the additions between gradient buffers.
import { arg, argF, rowDot } from './math';

const BLOCK: i32 = 4096;

/** Items: blocks of 4,096 elements. Arguments: g, count, sums (f32, one a block). */
export function squaresItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const count = <i32>arg(args, 1);
  for (let item = first; item < last; item++) {
    const block = arg(args, 0) + (<usize>(item * BLOCK) << 2);
    store<f32>(arg(args, 2) + (<usize>item << 2), rowDot(block, block, min(BLOCK, count - item * BLOCK)));
  }
}

// @ts-ignore: decorator
@inline
function update(p: usize, g: usize, m: usize, v: usize, args: usize): void {
  const gg = f32x4.mul(v128.load(g), f32x4.splat(argF(args, 5)));
  const mm = f32x4.relaxed_madd(f32x4.splat(argF(args, 6)), v128.load(m), f32x4.mul(f32x4.splat(argF(args, 7)), gg));
  const vv = f32x4.relaxed_madd(
    f32x4.splat(argF(args, 8)),
    v128.load(v),
    f32x4.mul(f32x4.splat(argF(args, 9)), f32x4.mul(gg, gg)),
  );
  const root = f32x4.add(f32x4.sqrt(f32x4.mul(vv, f32x4.splat(argF(args, 11)))), f32x4.splat(argF(args, 12)));
  const u = f32x4.div(f32x4.mul(mm, f32x4.splat(argF(args, 10))), root);
  const w = v128.load(p);
  const step = f32x4.relaxed_madd(f32x4.splat(argF(args, 13)), w, u);
  v128.store(m, mm);
  v128.store(v, vv);
  v128.store(p, f32x4.relaxed_nmadd(f32x4.splat(argF(args, 14)), step, w));
}

/**
 * Items: blocks of 4,096 elements. Arguments: w, g, m, v, count, clip, b1, 1-b1, b2, 1-b2, c1, c2, eps, weight decay, learning rate.
 * Buffers are padded to 64 bytes; the padding is updated with them and stays finite.
 */
export function adamwItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * BLOCK, <i32>arg(args, 4)) << 2;
  for (let at = <usize>(first * BLOCK) << 2; at < end; at += 16) {
    update(arg(args, 0) + at, arg(args, 1) + at, arg(args, 2) + at, arg(args, 3) + at, args);
  }
}

/** Items: blocks of 4,096 elements. Arguments: target, source, count: target = target + source. */
export function addItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * BLOCK, <i32>arg(args, 2)) << 2;
  const target = arg(args, 0);
  const source = arg(args, 1);
  for (let at = <usize>(first * BLOCK) << 2; at < end; at += 32) {
    const lo = f32x4.add(v128.load(target + at), v128.load(source + at));
    const hi = f32x4.add(v128.load(target + at, 16), v128.load(source + at, 16));
    v128.store(target + at, lo);
    v128.store(target + at, hi, 16);
  }
}

/** Items: blocks of 4,096 elements. Arguments: target, count, value. */
export function fillItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * BLOCK, <i32>arg(args, 1)) << 2;
  const value = f32x4.splat(argF(args, 2));
  for (let at = <usize>(first * BLOCK) << 2; at < end; at += 32) {
    v128.store(arg(args, 0) + at, value);
    v128.store(arg(args, 0) + at, value, 16);
  }
}
