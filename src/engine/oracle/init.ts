// Weights before the first step: normal numbers by counting, a function of seed, name and place only.

import { normal64 } from '../functions.ts';
import { keyOf, philox4x32, type Seed, streamOf } from '../philox.ts';

/** The n weights of a tensor, from the normal distribution with mean 0 and standard deviation `std`. */
export function initTensor(name: string, n: number, seed: Seed, std: number): Float32Array {
  const weights = new Float32Array(n);
  const stream = streamOf(name);
  const key = keyOf(seed);
  for (let i = 0; i < n; i++) {
    const x = philox4x32([Math.floor(i / 4) >>> 0, 0, ...stream], key)[i % 4];
    weights[i] = normal64(((x >>> 9) + 0.5) * 2 ** -23) * std;
  }
  return weights;
}
