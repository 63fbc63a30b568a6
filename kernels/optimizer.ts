// Gradient norm, AdamW, and additions between gradient buffers: whole steps, then the rest.
import { BLOCK, adamw, add, fill, squares } from './build/crossing';
import { loadPart, read, rowDot, storePart, write } from './math';

/** Items: blocks of BLOCK elements; sums holds one f32 for each. */
export function squaresItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const g = squares.g(args);
  const count = squares.count(args);
  const sums = squares.sums(args);
  for (let item = first; item < last; item++) {
    const block = g + (<usize>(item * BLOCK) << 2);
    store<f32>(sums + (<usize>item << 2), rowDot(block, block, min(BLOCK, count - item * BLOCK)));
  }
}

/** Updates `count` (1 to 4) elements; with the constant 4 it compiles to plain vector loads and stores. */
// @ts-ignore: decorator
@inline
function update(p: usize, g: usize, m: usize, v: usize, args: usize, count: i32): void {
  const gg = f32x4.mul(read(g, count), f32x4.splat(adamw.clip(args)));
  const mm = f32x4.relaxed_madd(f32x4.splat(adamw.beta1(args)), read(m, count), f32x4.mul(f32x4.splat(adamw.rest1(args)), gg));
  const vv = f32x4.relaxed_madd(
    f32x4.splat(adamw.beta2(args)),
    read(v, count),
    f32x4.mul(f32x4.splat(adamw.rest2(args)), f32x4.mul(gg, gg)),
  );
  const root = f32x4.add(f32x4.sqrt(f32x4.mul(vv, f32x4.splat(adamw.correction2(args)))), f32x4.splat(adamw.eps(args)));
  const u = f32x4.div(f32x4.mul(mm, f32x4.splat(adamw.correction1(args))), root);
  const w = read(p, count);
  const step = f32x4.relaxed_madd(f32x4.splat(adamw.weightDecay(args)), w, u);
  write(m, mm, count);
  write(v, vv, count);
  write(p, f32x4.relaxed_nmadd(f32x4.splat(adamw.learningRate(args)), step, w), count);
}

/** Items: blocks of BLOCK elements. */
export function adamwItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const w = adamw.w(args);
  const g = adamw.g(args);
  const m = adamw.m(args);
  const v = adamw.v(args);
  const end = <usize>min(last * BLOCK, adamw.count(args)) << 2;
  const whole = end & ~15;
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 16) update(w + at, g + at, m + at, v + at, args, 4);
  if (at < end) update(w + at, g + at, m + at, v + at, args, <i32>(end - at) >> 2);
}

/** Items: blocks of BLOCK elements. target = target + source. */
export function addItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const target = add.target(args);
  const source = add.source(args);
  const end = <usize>min(last * BLOCK, add.count(args)) << 2;
  const whole = end & ~31;
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 32) {
    const lo = f32x4.add(v128.load(target + at), v128.load(source + at));
    const hi = f32x4.add(v128.load(target + at, 16), v128.load(source + at, 16));
    v128.store(target + at, lo);
    v128.store(target + at, hi, 16);
  }
  for (; at < end; at += 16) {
    const left = <i32>(end - at) >> 2;
    storePart(target + at, f32x4.add(loadPart(target + at, left), loadPart(source + at, left)), left);
  }
}

/** Items: blocks of BLOCK elements. */
export function fillItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const target = fill.target(args);
  const value = f32x4.splat(fill.value(args));
  const end = <usize>min(last * BLOCK, fill.count(args)) << 2;
  const whole = end & ~31;
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 32) {
    v128.store(target + at, value);
    v128.store(target + at, value, 16);
  }
  for (; at < end; at += 16) storePart(target + at, value, <i32>(end - at) >> 2);
}
