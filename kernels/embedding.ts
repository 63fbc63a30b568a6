// Embedding: rows looked up; backward, rows added up in token order, columns split among threads.
import { arg, loadPart, storePart } from './math';

/** Items: rows. Arguments: tokens (i32), E, x, D. */
export function embeddingItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const stride = arg(args, 3) << 2;
  for (let m = first; m < last; m++) {
    const token = <usize>load<u32>(arg(args, 0) + (<usize>m << 2));
    memory.copy(arg(args, 2) + <usize>m * stride, arg(args, 1) + token * stride, stride);
  }
}

/** Items: groups of 32 columns. Arguments: tokens, dx, dE, D, M. */
export function embeddingBackwardItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const D = <i32>arg(args, 3);
  const M = <i32>arg(args, 4);
  const stride = <usize>D << 2;
  const from = first * 32;
  const to = min(D, last * 32);
  for (let m = 0; m < M; m++) {
    const token = <usize>load<u32>(arg(args, 0) + (<usize>m << 2));
    const source = arg(args, 1) + <usize>m * stride;
    const target = arg(args, 2) + token * stride;
    for (let j = from; j < to; j += 4) {
      const at = <usize>j << 2;
      storePart(target + at, f32x4.add(loadPart(target + at, to - j), loadPart(source + at, to - j)), to - j);
    }
  }
}
