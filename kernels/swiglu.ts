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
    v128.store(y + at, gate(v128.load(g + at), v128.load(u + at)));
    v128.store(y + at, gate(v128.load(g + at, 16), v128.load(u + at, 16)), 16);
  }
}

/** Items: chunks of 4,096 elements. Arguments: dy, g, u, dg, du, count. Outputs may stand where inputs stood. */
export function swigluBackwardItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const end = <usize>min(last * CHUNK, <i32>arg(args, 5)) << 2;
  const one = f32x4.splat(1);
  for (let at = <usize>(first * CHUNK) << 2; at < end; at += 32) {
    const g0 = v128.load(arg(args, 1) + at);
    const g1 = v128.load(arg(args, 1) + at, 16);
    const u0 = v128.load(arg(args, 2) + at);
    const u1 = v128.load(arg(args, 2) + at, 16);
    const d0 = v128.load(arg(args, 0) + at);
    const d1 = v128.load(arg(args, 0) + at, 16);
    const z0 = vsigmoid(g0);
    const z1 = vsigmoid(g1);
    const s0 = f32x4.mul(z0, f32x4.relaxed_madd(g0, f32x4.sub(one, z0), one));
    const s1 = f32x4.mul(z1, f32x4.relaxed_madd(g1, f32x4.sub(one, z1), one));
    v128.store(arg(args, 4) + at, f32x4.mul(d0, f32x4.mul(g0, z0)));
    v128.store(arg(args, 4) + at, f32x4.mul(d1, f32x4.mul(g1, z1)), 16);
    v128.store(arg(args, 3) + at, f32x4.mul(f32x4.mul(d0, u0), s0));
    v128.store(arg(args, 3) + at, f32x4.mul(f32x4.mul(d1, u1), s1), 16);
  }
}
