// Weights before the first step.

import { normals } from '../../normals.ts';
import type { Seed } from '../../philox.ts';

/** The n weights of a tensor, from the normal distribution with mean 0 and standard deviation `std`. */
export const initTensor = (name: string, n: number, seed: Seed, std: number): Float32Array =>
  normals({ name, seed, std }, 0, n);
