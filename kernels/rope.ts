// Rotary embedding, in place, over rows of heads. The tables come from outside.
import { arg, loadPart, storePart } from './math';

/** Items: rows. Arguments: x, row stride, heads, d, cos, sin, T, first position, backward (0 or 1). Row m stands at position first + m mod T. */
export function ropeItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const stride = arg(args, 1);
  const heads = <i32>arg(args, 2);
  const half = <i32>arg(args, 3) >> 1;
  const T = <i32>arg(args, 6);
  const position = <i32>arg(args, 7);
  const backward = arg(args, 8) != 0;
  const across = <usize>half << 2;
  for (let m = first; m < last; m++) {
    const row = <usize>(position + (m % T)) * across;
    const cos = arg(args, 4) + row;
    const sin = arg(args, 5) + row;
    for (let h = 0; h < heads; h++) {
      const x = arg(args, 0) + <usize>m * stride + ((<usize>h * across) << 1);
      let i = 0;
      for (; i + 4 <= half; i += 4) {
        const at = <usize>i << 2;
        const a = v128.load(x + at);
        const b = v128.load(x + at + across);
        const c = v128.load(cos + at);
        const s = v128.load(sin + at);
        const ac = f32x4.mul(a, c);
        const bc = f32x4.mul(b, c);
        v128.store(x + at, backward ? f32x4.relaxed_madd(b, s, ac) : f32x4.relaxed_nmadd(b, s, ac));
        v128.store(x + at + across, backward ? f32x4.relaxed_nmadd(a, s, bc) : f32x4.relaxed_madd(a, s, bc));
      }
      if (i < half) {
        const at = <usize>i << 2;
        const left = half - i;
        const a = loadPart(x + at, left);
        const b = loadPart(x + at + across, left);
        const c = loadPart(cos + at, left);
        const s = loadPart(sin + at, left);
        const ac = f32x4.mul(a, c);
        const bc = f32x4.mul(b, c);
        storePart(x + at, backward ? f32x4.relaxed_madd(b, s, ac) : f32x4.relaxed_nmadd(b, s, ac), left);
        storePart(x + at + across, backward ? f32x4.relaxed_nmadd(a, s, bc) : f32x4.relaxed_madd(a, s, bc), left);
      }
    }
  }
}
