// Chooses the next token from logits: greedy, or drawn with temperature, top-k and top-p. The same seed gives the same tokens on any
// machine.

import { exp64, keyOf, philox4x32, streamOf } from '../../engine/index.ts';

export interface Choice {
  /** 0: always the likeliest token. */
  temperature: number;
  /** Draws from the k likeliest tokens only; 0: from all. */
  topK: number;
  /** Draws from the likeliest tokens that together reach this probability; 1: from all. */
  topP: number;
  seed: number;
}

/** The defaults for continuing a text. */
export const DEFAULT_SAMPLING = { maxTokens: 100, temperature: 0.8, topK: 0, topP: 0.95, seed: 1377 } as const;

const [STREAM_LOW, STREAM_HIGH] = streamOf('sample');

/** Chooses a token; `count` numbers the draws of a text. */
export function choose(logits: Float32Array, c: Choice, count: number): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  if (c.temperature === 0) return best;
  const order = Uint32Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  const candidates = order.subarray(0, c.topK > 0 ? c.topK : order.length);
  const weights = Float64Array.from(candidates, (id) => exp64((logits[id]! - logits[best]!) / c.temperature));
  const all = weights.reduce((a, b) => a + b, 0);
  let kept = 0;
  let mass = 0;
  while (kept < weights.length && (kept === 0 || mass < c.topP * all)) mass += weights[kept++]!;
  const [x] = philox4x32([count, 0, STREAM_LOW, STREAM_HIGH], keyOf(c.seed));
  let rest = ((x + 0.5) / 2 ** 32) * mass;
  for (let i = 0; i < kept; i++) {
    rest -= weights[i]!;
    if (rest < 0) return candidates[i]!;
  }
  return candidates[kept - 1]!;
}
