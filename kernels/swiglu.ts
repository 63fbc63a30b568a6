// SwiGLU, elementwise over flat buffers. Buffers are padded to 64 bytes, so whole vectors may run over the end.
import { arg, vsigmoid } from './math';

const CHUNK: i32 = 4096;

// @ts-ignore: decorator
@inline
function gate(g: v128, u: v128): v128 {
  return f32x4.mul(f32x4.mul(g, vsigmoid(g)), u);
}

/** Items: chunks of 4,096 elements. Arguments: g, u, y, count. */
export function swigluItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * CHUNK, <i32>arg(args, 3)) << 2;
  const g = arg(args, 0);
  const u = arg(args, 1);
  const y = arg(args, 2);
  for (let at = <usize>(first * CHUNK) << 2; at < end; at += 32) {
    const lo = gate(v128.load(g + at), v128.load(u + at));
    const hi = gate(v128.load(g + at, 16), v128.load(u + at, 16));
    v128.store(y + at, lo);
    v128.store(y + at, hi, 16);
  }
}

/** Items: chunks of 4,096 elements. Arguments: dy, g, u, dg, du, count. Outputs may stand where inputs stood. */
export function swigluBackwardItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * CHUNK, <i32>arg(args, 5)) << 2;
  const dy = arg(args, 0);
  const g = arg(args, 1);
  const u = arg(args, 2);
  const dg = arg(args, 3);
  const du = arg(args, 4);
  for (let at = <usize>(first * CHUNK) << 2; at < end; at += 32) {
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
}

/** Derivative of g * sigmoid(g), z = sigmoid(g). */
// @ts-ignore: decorator
@inline
function slope(g: v128, z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.mul(z, f32x4.relaxed_madd(g, f32x4.sub(one, z), one));
}
