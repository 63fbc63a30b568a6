// Converts 16-bit floats to float32. Every 16-bit float is exact as a float32, so nothing is rounded. Knows no files.

/** The binary32 bits of each binary16; made on first use. */
let halves: Uint32Array | undefined;

function tableOfHalves(): Uint32Array {
  const bits = new Uint32Array(1 << 16);
  const floats = new Float32Array(bits.buffer);
  for (let half = 0; half < bits.length; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) {
      floats[half] = fraction * 2 ** -24; // subnormal there, not here
      bits[half]! |= sign;
    } else bits[half] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return bits;
}

/**
 * Writes each little-endian number of `from` to `to` as float32. Infinities, subnormals and NaN payloads are kept.
 * `from` begins at an even byte of its buffer and has as many numbers as `to`.
 */
export function widen(dtype: 'F16' | 'BF16', from: Uint8Array, to: Float32Array): void {
  const source = new Uint16Array(from.buffer, from.byteOffset, to.length);
  // As bits, because a NaN may change when it is read as a number.
  const target = new Uint32Array(to.buffer, to.byteOffset, to.length);
  if (dtype === 'BF16') {
    for (let i = 0; i < source.length; i++) target[i] = source[i]! << 16;
    return;
  }
  halves ??= tableOfHalves();
  for (let i = 0; i < source.length; i++) target[i] = halves[source[i]!]!;
}
