// The exports of the module: the job loop and the calls of the start-up.
import { TABLE } from './build/crossing';

export { prepare } from './math';
export { run, runAlone, work } from './pool';
export { tile6x16Rows, tile6x16Cols, tile6x8Rows, tile6x8Cols } from './build/tiles';

/** Fingerprint of the crossing table that these kernels were built from. */
export function table(): i32 {
  return TABLE;
}

/** (1 + 2^-12)^2 - (1 + 2^-11): 2^-24 where multiply and add are fused, 0 where they are not. `x` is 1 + 2^-12, `y` -(1 + 2^-11). */
export function fusedCase(x: f32, y: f32): f32 {
  return f32x4.extract_lane(f32x4.relaxed_madd(f32x4.splat(x), f32x4.splat(x), f32x4.splat(y)), 0);
}

/** The same through relaxed_nmadd, with x, -x and y. */
export function fusedNegativeCase(x: f32, y: f32): f32 {
  return f32x4.extract_lane(f32x4.relaxed_nmadd(f32x4.splat(x), f32x4.splat(-x), f32x4.splat(y)), 0);
}

/** 4 a b in bytes, by the instruction that the tiles of digits use; with the high bit in b what comes out tells which one that is. */
export function dotCase(a: i32, b: i32): i32 {
  return i32x4.extract_lane(i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(<i8>a), i8x16.splat(<i8>b), i32x4.splat(0)), 0);
}
