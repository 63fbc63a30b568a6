// Numbers of MXFP4 (OCP's microscaling formats): four bits each (E2M1: sign, two bits of exponent, one of fraction), with one byte of scale, a power
// of two (E8M0), for 32 of them. Knows no files.

/** Numbers that share a scale. */
export const MXFP4_GROUP = 32;

const MAGNITUDES = [0, 0.5, 1, 1.5, 2, 3, 4, 6];

/** Exact as float32, but for the largest scales, which no weight has; zero has no sign. */
export function fromMxfp4(nibble: number, scale: number): number {
  const magnitude = MAGNITUDES[nibble & 7] * 2 ** (scale - 127);
  return nibble & 8 ? 0 - magnitude : magnitude;
}
