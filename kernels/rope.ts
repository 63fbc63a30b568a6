// Rotary embedding, in place, over rows of heads. The tables are arguments.
import { rope } from './build/crossing';
import { loadPart, storePart } from './math';

/** Items: rows. `positions` has a word for each. */
export function ropeItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const rows = rope.x(args);
  const stride = rope.stride(args);
  const heads = rope.heads(args);
  const half = rope.headDim(args) >> 1;
  const cosines = rope.cos(args);
  const sines = rope.sin(args);
  const positions = rope.positions(args);
  const inverse = rope.inverse(args);
  const across = <usize>half << 2;
  for (let m = first; m < last; m++) {
    const at = <usize>load<i32>(positions + (<usize>m << 2)) * across;
    const cos = cosines + at;
    const sin = sines + at;
    for (let h = 0; h < heads; h++) {
      const x = rows + <usize>m * stride + ((<usize>h * across) << 1);
      let i = 0;
      for (; i + 4 <= half; i += 4) {
        const at = <usize>i << 2;
        const a = v128.load(x + at);
        const b = v128.load(x + at + across);
        const c = v128.load(cos + at);
        const s = v128.load(sin + at);
        const ac = f32x4.mul(a, c);
        const bc = f32x4.mul(b, c);
        v128.store(x + at, inverse ? f32x4.relaxed_madd(b, s, ac) : f32x4.relaxed_nmadd(b, s, ac));
        v128.store(x + at + across, inverse ? f32x4.relaxed_nmadd(a, s, bc) : f32x4.relaxed_madd(a, s, bc));
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
        storePart(x + at, inverse ? f32x4.relaxed_madd(b, s, ac) : f32x4.relaxed_nmadd(b, s, ac), left);
        storePart(x + at + across, inverse ? f32x4.relaxed_nmadd(a, s, bc) : f32x4.relaxed_madd(a, s, bc), left);
      }
    }
  }
}
