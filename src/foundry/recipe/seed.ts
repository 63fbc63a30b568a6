// The seed of a recipe that names none: drawn when a run begins, when a sweep begins, or when a recipe is written.

import { randomInt } from 'node:crypto';
import type { Recipe, RunRecipe } from './types.ts';

/** Ten digits at most, so that people can say and type it. */
const BELOW = 2 ** 32;

/** A seed of its own for a run: two users who name none do not begin with the same weights. */
export const drawSeed = (): number => randomInt(BELOW);

/** The recipe with this seed, its keys in the order in which recipes are written. */
export function withSeed({ name, seed: _, ...rest }: Recipe, seed: number): RunRecipe {
  return { name, seed, ...rest };
}
