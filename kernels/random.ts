// Initial weights: counter-based random numbers, so that each element can be drawn independently.
import { RANDOM_BLOCK, random } from './build/crossing';
import { normal64 } from './functions';

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

/** Items: blocks of RANDOM_BLOCK elements, a multiple of 4. The key is the seed; the stream is the counter's upper half. */
export function randomItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const target = random.target(args);
  const seedLow = random.seedLow(args);
  const seedHigh = random.seedHigh(args);
  const streamLow = random.streamLow(args);
  const streamHigh = random.streamHigh(args);
  const std = random.std(args);
  const end = min(last * RANDOM_BLOCK, random.count(args));
  for (let i = first * RANDOM_BLOCK; i < end; i++) {
    if ((i & 3) == 0) philox(<u32>i >> 2, 0, streamLow, streamHigh, seedLow, seedHigh, scratch);
    const x = load<u32>(scratch + (<usize>(i & 3) << 2));
    const u = (<f64>(x >>> 9) + 0.5) * 1.1920928955078125e-7; // 2^-23
    store<f32>(target + (<usize>i << 2), <f32>(normal64(u) * std));
  }
}
