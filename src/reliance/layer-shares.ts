// The shares of a layer from home, from abroad, and unknown: for all components and uses at once, one layer at a time. The formula is ours;
// unknown data never increase the home share. Knows no floors, weights and consortia.
//
//   a need       the sum over its options of share times the option's shares; of options of unknown share only what they have in common
//                counts as home or as abroad, so that it does not matter which of them is used
//   a component  the smallest home share and the largest share from abroad over itself (if it is of the layer) and its needs in the layer
//   a use        the mean over its needs in the layer; a component counts once (use-weights.ts)

import { type Layer, PROVIDES } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { type LayerShares, type NeedShares, needShares, unknownOf } from './need-shares.ts';
import { needsIn, shareOf, weightsOf } from './use-weights.ts';

const known = new WeakMap<Graph, Partial<Record<Layer, LayerShares>>>();

/** Computed once for each graph and layer. */
export function layerShares(graph: Graph, layer: Layer): LayerShares {
  const layers = known.get(graph) ?? {};
  known.set(graph, layers);
  layers[layer] ??= computeShares(graph, layer);
  return layers[layer];
}

function computeShares(graph: Graph, layer: Layer): LayerShares {
  const { components, items, catalogue } = graph;
  const shares: LayerShares = {
    home: new Float64Array(items),
    abroad: new Float64Array(items),
    abroadBy: new Int32Array(items).fill(-1),
    unknownBy: new Int32Array(items).fill(-1),
  };
  const { home, abroad, abroadBy, unknownBy } = shares;
  for (const [c, component] of components.entries()) {
    if (!PROVIDES[component.of].includes(layer)) continue;
    // A component is only as much of home as all of its parts in the layer: smallest home share, largest share from abroad.
    let leastHome = 1;
    let mostAbroad = 0;
    let mostUnknown = 0;
    if (component.of === layer) {
      const { country } = component;
      if (country === null) mostUnknown = 1;
      else if (!catalogue.home.includes(country)) mostAbroad = 1;
      if (mostUnknown + mostAbroad > 0) leastHome = 0;
      abroadBy[c] = unknownBy[c] = c;
    }
    for (const need of needsIn(graph, layer, c)) {
      const needed = needShares(graph, shares, need);
      const unknown = unknownOf(needed.home, needed.abroad);
      leastHome = Math.min(leastHome, needed.home);
      if (needed.abroad > mostAbroad) {
        mostAbroad = needed.abroad;
        abroadBy[c] = abroadCause(graph, shares, need, needed);
      }
      if (unknown > mostUnknown) {
        mostUnknown = unknown;
        unknownBy[c] = unknownCause(graph, shares, need, needed) ?? c;
      }
    }
    home[c] = leastHome;
    abroad[c] = Math.min(mostAbroad, 1 - leastHome);
  }
  for (let use = components.length; use < items; use++) {
    const weights = weightsOf(graph, shares, layer, use);
    if (!weights) continue;
    home[use] = shareOf(weights, shares, 'home');
    abroad[use] = shareOf(weights, shares, 'abroad');
  }
  return shares;
}

/** The component that makes the largest part of a need come from abroad. */
function abroadCause(graph: Graph, { abroad, abroadBy }: LayerShares, need: number, of: NeedShares): number {
  const partOf = (target: number) => abroad[target]!;
  const option = largestOption(graph, need, partOf, graph.rest[need]! * of.common.abroad) ?? of.commonOption;
  return abroadBy[graph.targets[option]!]!;
}

/** The component that makes the largest part of a need unknown; undefined if the need's own shares or options are unknown. */
function unknownCause(
  graph: Graph,
  { home, abroad, unknownBy }: LayerShares,
  need: number,
  of: NeedShares,
): number | undefined {
  const partOf = (target: number) => unknownOf(home[target]!, abroad[target]!);
  const option = largestOption(graph, need, partOf, graph.rest[need]! * of.common.unknown);
  return option === undefined ? undefined : unknownBy[graph.targets[option]!]!;
}

/** The option with the largest part, if that is more than `min`. */
function largestOption(
  { optionsFrom, targets, shares }: Graph,
  need: number,
  partOf: (target: number) => number,
  min: number,
): number | undefined {
  let found: number | undefined;
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const part = shares[o]! * partOf(targets[o]!);
    if (!(part > min)) continue;
    min = part;
    found = o;
  }
  return found;
}
