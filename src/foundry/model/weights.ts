// Sets of tensors with one region each: weights, gradients, moments.

import type { Layout, Region } from '../../engine/index.ts';
import { elements, type Parameter } from './config.ts';

/** Regions by parameter name, in the order of names. */
export type Weights = ReadonlyMap<string, Region>;

/** Plans a region for each parameter. */
export const planWeights = (layout: Layout, list: readonly Parameter[]): Weights =>
  new Map(list.map((p) => [p.name, layout.f32(elements(p.shape))]));

/** The region of a name that is known to be there. */
export function get(weights: Weights, name: string): Region {
  const region = weights.get(name);
  if (!region) throw new Error(`no tensor ${name}`);
  return region;
}
