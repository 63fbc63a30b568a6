// SwiGLU, elementwise over flat buffers: steps of eight elements, then the rest, four or fewer at a time.
import { BLOCK, swiglu, swigluBackward } from './build/crossing';
import { loadPart, storePart, vsigmoid } from './math';

// @ts-ignore: decorator
@inline
function gate(g: v128, u: v128): v128 {
  return f32x4.mul(f32x4.mul(g, vsigmoid(g)), u);
}

/** Items: blocks of BLOCK elements. */
export function swigluItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * BLOCK, swiglu.count(args)) << 2;
  const whole = end & ~31;
  const g = swiglu.gate(args);
  const u = swiglu.up(args);
  const y = swiglu.y(args);
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 32) {
    const lo = gate(v128.load(g + at), v128.load(u + at));
    const hi = gate(v128.load(g + at, 16), v128.load(u + at, 16));
    v128.store(y + at, lo);
    v128.store(y + at, hi, 16);
  }
  for (; at < end; at += 16) {
    const left = <i32>(end - at) >> 2;
    storePart(y + at, gate(loadPart(g + at, left), loadPart(u + at, left)), left);
  }
}

/** Items: blocks of BLOCK elements. Outputs may overwrite inputs. */
export function swigluBackwardItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * BLOCK, swigluBackward.count(args)) << 2;
  const whole = end & ~31;
  const dy = swigluBackward.dy(args);
  const g = swigluBackward.gate(args);
  const u = swigluBackward.up(args);
  const dg = swigluBackward.dGate(args);
  const du = swigluBackward.dUp(args);
  let at = <usize>(first * BLOCK) << 2;
  for (; at < whole; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const d0 = v128.load(dy + at);
    const d1 = v128.load(dy + at, 16);
    const t0 = f32x4.mul(d0, v128.load(u + at));
    const t1 = f32x4.mul(d1, v128.load(u + at, 16));
    const z0 = vsigmoid(g0);
    const z1 = vsigmoid(g1);
    const p0 = f32x4.mul(d0, f32x4.mul(g0, z0));
    const p1 = f32x4.mul(d1, f32x4.mul(g1, z1));
    const q0 = f32x4.mul(t0, slope(g0, z0));
    const q1 = f32x4.mul(t1, slope(g1, z1));
    v128.store(du + at, p0);
    v128.store(du + at, p1, 16);
    v128.store(dg + at, q0);
    v128.store(dg + at, q1, 16);
  }
  for (; at < end; at += 16) {
    const left = <i32>(end - at) >> 2;
    const g0 = loadPart(g + at, left);
    const d0 = loadPart(dy + at, left);
    const t0 = f32x4.mul(d0, loadPart(u + at, left));
    const z0 = vsigmoid(g0);
    storePart(du + at, f32x4.mul(d0, f32x4.mul(g0, z0)), left);
    storePart(dg + at, f32x4.mul(t0, slope(g0, z0)), left);
  }
}

/** Derivative of g * sigmoid(g), z = sigmoid(g). */
// @ts-ignore: decorator
@inline
function slope(g: v128, z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.mul(z, f32x4.relaxed_madd(g, f32x4.sub(one, z), one));
}
