// The angles of rotary embeddings as a table of cosines and sines. The product and the oracle both use this one:
// it is binary64 throughout and rounded once, so there is no kernel to check against it.

import { cos64, exp64, log64, sin64 } from './functions.ts';

/** How the frequencies of a model are changed so that it reads longer texts than it was trained on; Hugging Face's rope types. */
export type RopeScaling =
  | { type: 'linear'; factor: number }
  | {
      type: 'llama3';
      factor: number;
      lowFreqFactor: number;
      highFreqFactor: number;
      originalMaxPositionEmbeddings: number;
    };

/**
 * `cos` and `sin`, each [T, d/2] row-major: entry (t, i) of the angle t * theta^(-2i/d), in binary64, then rounded.
 * @param d head size, even
 * @param scaling of the frequencies theta^(-2i/d); without it they stay as they are
 */
export function ropeTable(
  T: number,
  d: number,
  theta: number,
  scaling?: RopeScaling,
): { cos: Float32Array; sin: Float32Array } {
  const half = d / 2;
  const cos = new Float32Array(T * half);
  const sin = new Float32Array(T * half);
  const logTheta = log64(theta);
  for (let i = 0; i < half; i++) {
    const unscaled = exp64(-((2 * i) / d) * logTheta);
    const frequency = scaling ? scaled(unscaled, scaling) : unscaled;
    for (let t = 0; t < T; t++) {
      cos[t * half + i] = cos64(t * frequency);
      sin[t * half + i] = sin64(t * frequency);
    }
  }
  return { cos, sin };
}

/**
 * Positions divided by the factor; llama3 does that to waves longer than the original context over lowFreqFactor only, not to
 * those shorter than it over highFreqFactor, and to a share of those between (transformers, modeling_rope_utils.py).
 */
function scaled(frequency: number, scaling: RopeScaling): number {
  if (scaling.type === 'linear') return frequency / scaling.factor;
  const { factor, lowFreqFactor: low, highFreqFactor: high, originalMaxPositionEmbeddings: context } = scaling;
  const waves = (context * frequency) / (2 * Math.PI);
  if (waves < low) return frequency / factor;
  if (waves > high) return frequency;
  const kept = (waves - low) / (high - low);
  return ((1 - kept) * frequency) / factor + kept * frequency;
}
