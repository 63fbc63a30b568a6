// Numbers of a sketch: bfloat16, rounded to the nearest, ties to even. Not a number stays one.

/** As little-endian bytes. */
export function narrow(values: Float32Array): Uint8Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (const [i, word] of words.entries()) {
    const isNumber = (word & 0x7fffffff) <= 0x7f800000;
    halves[i] = isNumber ? (word + 0x7fff + ((word >>> 16) & 1)) >>> 16 : (word >>> 16) | 0x40;
  }
  return new Uint8Array(halves.buffer);
}
