// Converts 16-bit floats to float32, where nothing is rounded, for every 16-bit float is exact as a float32; and back, to the nearest, ties to
// even. Knows no files.

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
      bits[half] |= sign;
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
    for (let i = 0; i < source.length; i++) target[i] = source[i] << 16;
    return;
  }
  halves ??= tableOfHalves();
  for (let i = 0; i < source.length; i++) target[i] = halves[source[i]];
}

/** Bits of the float16 nearest to a float32 given by its bits, ties to even; beyond 65504 (from 65520 on) infinity. */
export function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // The exponent's bias goes from 127 to 15; a carry out of the rounded mantissa raises the exponent, as it should.
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below half of the smallest
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - exponent; // the unit becomes 2^-24
  const whole = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (whole + (rest > half || (rest === half && (whole & 1) === 1) ? 1 : 0));
}

/** Bits of the bfloat16 nearest to a float32 given by its bits, ties to even. Not a number stays one. */
function bfloatBits(bits: number): number {
  const isNumber = (bits & 0x7fffffff) <= 0x7f800000;
  return isNumber ? (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16 : (bits >>> 16) | 0x40;
}

/** Rounds float32 numbers to 16-bit floats, as little-endian bytes. */
export function narrow(dtype: 'F16' | 'BF16', from: Float32Array): Uint8Array {
  const source = new Uint32Array(from.buffer, from.byteOffset, from.length);
  const target = new Uint16Array(source.length);
  const round = dtype === 'F16' ? halfBits : bfloatBits;
  for (let i = 0; i < source.length; i++) target[i] = round(source[i]);
  return new Uint8Array(target.buffer);
}
