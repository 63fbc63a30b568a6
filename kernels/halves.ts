// Numbers of binary16, four at a time.

/** Four finite numbers of binary16, each sign-extended to its lane, as binary32: exact. */
// @ts-ignore: decorator
@inline
export function widenHalves(bits: v128): v128 {
  // Sign, exponent and fraction go where binary32 has them; 2^112 is the difference of the exponents' biases, for subnormals too.
  return f32x4.mul(v128.and(i32x4.shl(bits, 13), i32x4.splat(0x8fffe000)), i32x4.splat(0x77800000));
}
