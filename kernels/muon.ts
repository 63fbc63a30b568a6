// The elementwise parts of Muon. Its products are those of linear.ts. Items: blocks of BLOCK elements.
import { BLOCK, muonMomentum, muonPolynomial, muonUpdate, scale } from './build/crossing';
import { read, write } from './math';

/** Bytes where the whole vectors of items before `last` end, and where their elements end. */
// @ts-ignore: decorator
@inline
function endOf(last: i32, count: i32): usize {
  return <usize>min(last * BLOCK, count) << 2;
}

// @ts-ignore: decorator
@inline
function momentum(g: usize, m: usize, u: usize, args: usize, count: i32): void {
  const mu = f32x4.splat(muonMomentum.momentum(args));
  const gg = f32x4.mul(f32x4.splat(muonMomentum.rest(args)), f32x4.mul(read(g, count), f32x4.splat(muonMomentum.clip(args))));
  const mm = f32x4.relaxed_madd(mu, read(m, count), gg);
  write(m, mm, count);
  write(u, f32x4.relaxed_madd(mu, mm, gg), count);
}

/** Updates m, and writes u: momentum as Nesterov has it. */
export function muonMomentumItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const g = muonMomentum.g(args);
  const m = muonMomentum.m(args);
  const u = muonMomentum.u(args);
  const end = endOf(last, muonMomentum.count(args));
  const whole = end & ~15;
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 16) momentum(g + at, m + at, u + at, args, 4);
  if (at < end) momentum(g + at, m + at, u + at, args, <i32>(end - at) >> 2);
}

// @ts-ignore: decorator
@inline
function polynomial(a: usize, b: usize, args: usize, count: i32): void {
  const third = f32x4.mul(f32x4.splat(muonPolynomial.third(args)), read(a, count));
  write(b, f32x4.relaxed_madd(f32x4.splat(muonPolynomial.fifth(args)), read(b, count), third), count);
}

/** b = fifth * b + third * a. */
export function muonPolynomialItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const a = muonPolynomial.a(args);
  const b = muonPolynomial.b(args);
  const end = endOf(last, muonPolynomial.count(args));
  const whole = end & ~15;
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 16) polynomial(a + at, b + at, args, 4);
  if (at < end) polynomial(a + at, b + at, args, <i32>(end - at) >> 2);
}

// @ts-ignore: decorator
@inline
function update(w: usize, x: usize, args: usize, count: i32): void {
  const ww = read(w, count);
  const step = f32x4.relaxed_madd(
    f32x4.splat(muonUpdate.weightDecay(args)),
    ww,
    f32x4.mul(f32x4.splat(muonUpdate.scale(args)), read(x, count)),
  );
  write(w, f32x4.relaxed_nmadd(f32x4.splat(muonUpdate.learningRate(args)), step, ww), count);
}

/** w -= learningRate * (weightDecay * w + scale * x). */
export function muonUpdateItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const w = muonUpdate.w(args);
  const x = muonUpdate.x(args);
  const end = endOf(last, muonUpdate.count(args));
  const whole = end & ~15;
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 16) update(w + at, x + at, args, 4);
  if (at < end) update(w + at, x + at, args, <i32>(end - at) >> 2);
}

/** target = factor * source. */
export function scaleItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const target = scale.target(args);
  const source = scale.source(args);
  const factor = f32x4.splat(scale.factor(args));
  const end = endOf(last, scale.count(args));
  const whole = end & ~15;
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 16) write(target + at, f32x4.mul(factor, read(source + at, 4)), 4);
  if (at < end) {
    const count = <i32>(end - at) >> 2;
    write(target + at, f32x4.mul(factor, read(source + at, count)), count);
  }
}
