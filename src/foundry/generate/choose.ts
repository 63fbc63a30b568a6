// Chooses the next token from logits: greedy, or drawn from the likeliest ones. The same seed gives the same tokens on any machine.
// docs/arithmetic.md, "Choosing a token".

import { keyOf, philox4x32, streamOf } from '../../engine/index.ts';

export interface Choice {
  /** 0, or so little that binary32 does not hold its inverse: always the likeliest token, of equals the one with the lowest id. */
  temperature: number;
  /** Draws from the k likeliest tokens only; 0: from all. */
  topK: number;
  /** Draws from the likeliest tokens that together reach this probability; 1: from all. */
  topP: number;
  /** Draws only from tokens that are at least this likely beside the likeliest one. @default 0 */
  minP?: number | undefined;
  seed: number;
}

/** The defaults for continuing a text. */
export const DEFAULT_SAMPLING = {
  maxTokens: 100,
  temperature: 0.8,
  topK: 0,
  topP: 0.95,
  seed: 1377,
} as const;

const [STREAM_LOW, STREAM_HIGH] = streamOf('sample');

/** From 0 to 1, without both: the draw number `count` of a seed. */
export function drawOf(seed: number, count: number): number {
  const [x] = philox4x32([count, 0, STREAM_LOW, STREAM_HIGH], keyOf(seed));
  return (x + 0.5) / 2 ** 32;
}

/** The index of the largest logit, of equals the lowest. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
}

/** The logits of a token's place, [V], and what follows from them. */
export interface Logits {
  /** Writes change what is chosen. */
  readonly values: Float32Array;
  /** exp((logit - largest logit) * scale), in binary32, and rowSum of these: valid until the next call. */
  exponentials(scale: number): { values: Float32Array; sum: number };
}

/** Chooses a token; `count` numbers the draws of a text. */
export function choose(logits: Logits, c: Choice, count: number): number {
  const scale = 1 / c.temperature;
  // So near to 0 that binary32 does not hold its inverse: 0.
  if (!Number.isFinite(Math.fround(scale))) return likeliest(logits.values);
  const weights = logits.exponentials(scale).values;
  const ids = candidates(logits.values, weights, c);
  let rest = drawOf(c.seed, count) * massOf(weights, ids);
  let last = 0;
  for (let i = 0; i < ids.length; i++) {
    const weight = weights[ids[i]];
    rest -= weight;
    if (weight > 0) last = ids[i];
    if (rest < 0) return last;
  }
  return last; // where rounding leaves a rest of nothing
}

/** Sum of the weights of ids, in their order. */
function massOf(weights: Float32Array, ids: ArrayLike<number>): number {
  let mass = 0;
  for (let i = 0; i < ids.length; i++) mass += weights[ids[i]];
  return mass;
}

let ascending = new Uint32Array();

/** The ids from 0 to `count` - 1; made once, and only read. */
function firstIds(count: number): Uint32Array {
  if (ascending.length < count) {
    ascending = new Uint32Array(count);
    for (let id = 0; id < count; id++) ascending[id] = id;
  }
  return ascending.subarray(0, count);
}

/** The tokens to draw from, in ascending order. */
function candidates(logits: Float32Array, weights: Float32Array, { topK, topP, minP = 0 }: Choice): ArrayLike<number> {
  let kept = firstIds(weights.length);
  if (topK > 0 && topK < kept.length) {
    kept = Uint32Array.from(largest(logits, weights, ({ count }) => count >= topK).slice(0, topK)).sort();
  }
  if (topP < 1) {
    const least = topP * massOf(weights, kept);
    // A little more than needed, since its masses are added in another order.
    const ordered =
      topK > 0
        ? [...kept].sort((a, b) => logits[b] - logits[a] || a - b)
        : largest(logits, weights, ({ mass }) => mass >= least * (1 + 1e-9));
    let mass = 0;
    let count = 0;
    while (count < ordered.length && (count === 0 || mass < least)) mass += weights[ordered[count++]];
    kept = Uint32Array.from(ordered.slice(0, count)).sort();
  }
  return minP > 0 ? kept.filter((id) => weights[id] >= minP) : kept;
}

/** Buckets of weights by their exponent and three bits more: positive binary32 numbers are ordered as their bits are. */
const SHIFT = 20;
const BUCKETS = 0x3f800000 >>> SHIFT; // of 1, the largest weight

/**
 * The ids of the largest weights, from the largest logit down, of equals the lowest id first: at least so many that `isEnough` of them.
 * Nothing but those is sorted.
 */
function largest(
  logits: Float32Array,
  weights: Float32Array,
  isEnough: (of: { count: number; mass: number }) => boolean,
): number[] {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  const counts = new Uint32Array(BUCKETS + 1);
  const masses = new Float64Array(BUCKETS + 1);
  for (let i = 0; i < bits.length; i++) {
    const bucket = bits[i] >>> SHIFT;
    counts[bucket]++;
    masses[bucket] += weights[i];
  }
  let bucket = BUCKETS;
  let [count, mass] = [counts[bucket], masses[bucket]];
  while (bucket > 0 && !isEnough({ count, mass })) {
    bucket--;
    count += counts[bucket];
    mass += masses[bucket];
  }
  const least = Math.max(1, bucket << SHIFT); // nothing of no weight
  const ids: number[] = [];
  for (let i = 0; i < bits.length; i++) if (bits[i] >= least) ids.push(i);
  return ids.sort((a, b) => logits[b] - logits[a] || a - b);
}
