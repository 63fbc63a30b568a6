// The angles of rotary embeddings as a table of cosines and sines. The product and the oracle both use this one:
// it is binary64 throughout and rounded once, so there is no kernel to check against it.

import { cos64, exp64, log64, sin64 } from './functions.ts';

/**
 * `cos` and `sin`, each [T, d/2] row-major: entry (t, i) of the angle t * theta^(-2i/d), in binary64, then rounded.
 * @param d head size, even
 */
export function ropeTable(T: number, d: number, theta: number): { cos: Float32Array; sin: Float32Array } {
  const half = d / 2;
  const cos = new Float32Array(T * half);
  const sin = new Float32Array(T * half);
  const logTheta = log64(theta);
  for (let i = 0; i < half; i++) {
    const frequency = exp64(-((2 * i) / d) * logTheta);
    for (let t = 0; t < T; t++) {
      cos[t * half + i] = cos64(t * frequency);
      sin[t * half + i] = sin64(t * frequency);
    }
  }
  return { cos, sin };
}
