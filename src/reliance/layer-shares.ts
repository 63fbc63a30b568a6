// How much of a layer is of home, from abroad, or not known: for every component and use at once, one layer at a time. The formula is
// ours, and what is not known never makes anything more of home. Knows nothing of floors, weights and consortia.
//
//   a need       the sum over its options of share times the option's shares; of options whose shares are not known only what all of
//                them have in common counts as of home, or as from abroad: it does not matter which of them it is
//   a component  the least of home, the most from abroad, over itself (where it is of the layer) and its needs in the layer
//   a use        the mean over its needs in the layer, in which a component counts once (use-weights.ts)

import { type Component, type Layer, PROVIDES } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { type LayerShares, type NeedShares, needShares, unknownOf } from './need-shares.ts';
import type { Place } from './shapes.ts';
import { shareOf, weightsOf } from './use-weights.ts';

/** Where a component itself is of. */
function placeOf(graph: Graph, { country }: Component): Place {
  if (country === null) return 'unknown';
  return graph.catalogue.home.includes(country) ? 'home' : 'abroad';
}

const made = new WeakMap<Graph, Map<Layer, LayerShares>>();

/** Worked out once for a graph. */
export function layerShares(graph: Graph, layer: Layer): LayerShares {
  let layers = made.get(graph);
  if (!layers) {
    layers = new Map();
    made.set(graph, layers);
  }
  let shares = layers.get(layer);
  if (!shares) {
    shares = work(graph, layer);
    layers.set(layer, shares);
  }
  return shares;
}

function work(graph: Graph, layer: Layer): LayerShares {
  const { components, items, needsFrom, of } = graph;
  const shares: LayerShares = {
    home: new Float64Array(items),
    abroad: new Float64Array(items),
    abroadBy: new Int32Array(items).fill(-1),
    unknownBy: new Int32Array(items).fill(-1),
  };
  const { home, abroad, abroadBy, unknownBy } = shares;
  for (const [c, component] of components.entries()) {
    if (!PROVIDES[component.of].includes(layer)) continue;
    // It counts as of home only as far as all of its parts in the layer do: least home, most abroad.
    let leastHome = 1;
    let mostAbroad = 0;
    let mostUnknown = 0;
    if (component.of === layer) {
      const place = placeOf(graph, component);
      if (place !== 'home') leastHome = 0;
      if (place === 'abroad') mostAbroad = 1;
      if (place === 'unknown') mostUnknown = 1;
      abroadBy[c] = unknownBy[c] = c;
    }
    for (let need = needsFrom[c]!; need < needsFrom[c + 1]!; need++) {
      if (!PROVIDES[of[need]!].includes(layer)) continue;
      const needed = needShares(graph, shares, need);
      const unknown = unknownOf(needed.home, needed.abroad);
      leastHome = Math.min(leastHome, needed.home);
      if (needed.abroad > mostAbroad) {
        mostAbroad = needed.abroad;
        abroadBy[c] = abroadCause(graph, shares, need, needed);
      }
      if (unknown > mostUnknown) {
        mostUnknown = unknown;
        unknownBy[c] = unknownCause(graph, shares, need, needed, c);
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

/** Of the option with the largest part from abroad. */
function abroadCause(
  { optionsFrom, targets, shares, rest }: Graph,
  { abroad, abroadBy }: LayerShares,
  need: number,
  of: NeedShares,
): number {
  let most = rest[need]! * of.commonAbroad;
  let at = of.commonOption;
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const part = shares[o]! * abroad[targets[o]!]!;
    if (part > most) {
      most = part;
      at = o;
    }
  }
  return abroadBy[targets[at]!]!;
}

/** Of the option with the largest part that is not known; the component that has the need where its shares or options are not known. */
function unknownCause(
  { optionsFrom, targets, shares, rest }: Graph,
  { home, abroad, unknownBy }: LayerShares,
  need: number,
  { commonHome, commonAbroad }: NeedShares,
  owner: number,
): number {
  let most = rest[need]! * (1 - commonHome - commonAbroad);
  let at = -1;
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const part = shares[o]! * unknownOf(home[targets[o]!]!, abroad[targets[o]!]!);
    if (part > most) {
      most = part;
      at = o;
    }
  }
  return at < 0 ? owner : unknownBy[targets[at]!]!;
}
