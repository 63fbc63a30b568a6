// Initial weights: counter-based random numbers, so that any element can be drawn alone.
import { normal64 } from './functions';
import { arg } from './math';

/** Philox 4x32-10 of counter (c0, c1, c2, c3) and key (k0, k1); the four words are stored at `out`. */
function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, out: usize): void {
  for (let round = 0; round < 10; round++) {
    const p = <u64>0xd2511f53 * <u64>c0;
    const q = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(q >> 32) ^ c1 ^ k0;
    c1 = <u32>q;
    c2 = <u32>(p >> 32) ^ c3 ^ k1;
    c3 = <u32>p;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/** Items: blocks of 1,024 elements. Arguments: target, count, seed low, high, stream low, high, std (f64 as two words). */
export function randomItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const target = arg(args, 0);
  const end = min(last * 1024, <i32>arg(args, 1));
  const std = load<f64>(args + 24);
  for (let i = first * 1024; i < end; i++) {
    if ((i & 3) == 0) philox(<u32>i >> 2, 0, <u32>arg(args, 4), <u32>arg(args, 5), <u32>arg(args, 2), <u32>arg(args, 3), scratch);
    const x = load<u32>(scratch + (<usize>(i & 3) << 2));
    const u = (<f64>(x >>> 9) + 0.5) * 1.1920928955078125e-7; // 2^-23
    store<f32>(target + (<usize>i << 2), <f32>(normal64(u) * std));
  }
}
