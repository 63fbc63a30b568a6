// Converts 8-bit floats to float32. Every 8-bit float is exact as a float32, so nothing is rounded. Knows no files, and no scales.

/** Bits of the exponent and its bias. E4M3 has no infinities: only a magnitude of all ones is not a number. */
const TYPES = {
  F8_E4M3: { exponentBits: 4, bias: 7 },
  F8_E5M2: { exponentBits: 5, bias: 15 },
} as const;

export type Float8 = keyof typeof TYPES;

const tables = new Map<Float8, Float32Array>();

function tableOf(dtype: Float8): Float32Array {
  const { exponentBits, bias } = TYPES[dtype];
  const fractionBits = 7 - exponentBits;
  const one = 1 << fractionBits;
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const sign = byte & 0x80 ? -1 : 1;
    const exponent = (byte & 0x7f) >> fractionBits;
    const fraction = (byte & (one - 1)) / one;
    if (dtype === 'F8_E4M3' && (byte & 0x7f) === 0x7f) return Number.NaN;
    if (dtype === 'F8_E5M2' && exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
    return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
  });
}

/** Writes each number of `from` to `to` as float32. */
export function widen8(dtype: Float8, from: Uint8Array, to: Float32Array): void {
  const table = tables.get(dtype) ?? tableOf(dtype);
  tables.set(dtype, table);
  for (let i = 0; i < to.length; i++) to[i] = table[from[i]];
}
