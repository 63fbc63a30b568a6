// The parts behind the shares of a layer: the components of the layer that a use depends on, each with its part. Parts of one place add up
// to the layer's share of that place. Knows no floors and weights.

import type { Layer } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { layerShares } from './layer-shares.ts';
import { needShares, unknownOf } from './need-shares.ts';
import { type Part, PLACES, type Place, type Shares } from './shapes.ts';
import { needsIn, shareOf, weightsOf } from './use-weights.ts';

/** Tolerance of sums of shares. */
const NEAR = 1e-9;
/** Listed options of unknown share. */
const MAX_AMONG = 10;

/** The parts of a use in a layer, times `weight`; empty if it has no needs there. */
export function partsOf(graph: Graph, layer: Layer, use: number, weight: number): Part[] {
  const { components, of, optionsFrom, targets, shares, rest } = graph;
  const values = layerShares(graph, layer);
  const used = weightsOf(graph, values, layer, use);
  if (!used) return [];
  const parts: Part[] = [];
  /** By component: the weight of its shares of each place. */
  const weights = new Map<number, Shares>();

  const idOf = (item: number) => (item < 0 ? null : graph.idOf(item));
  const weigh = (component: number, place: Place, factor: number) => {
    const to = weights.get(component) ?? { home: 0, abroad: 0, unknown: 0 };
    weights.set(component, to);
    to[place] += factor;
  };
  /** Adds the part that a need's options of unknown share have together. */
  const addRest = (need: number, place: Place, share: number, option: number) => {
    if (share <= 0) return;
    const [because, among] = [idOf(targets[option] ?? -1), unshared(graph, need)];
    parts.push({ component: null, of: of[need]!, use: graph.idOf(use), share, place, because, among });
  };
  const addOwn = (component: number, place: Place, share: number, by: number) => {
    if (share <= 0) return;
    const because = by === component ? null : idOf(by);
    parts.push({ component: idOf(component), of: layer, use: graph.idOf(use), share, place, because, among: [] });
  };
  const give = (need: number, place: Place, factor: number) => {
    if (factor === 0) return;
    for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++)
      if (shares[o]! > 0) weigh(targets[o]!, place, factor * shares[o]!);
    const { common, commonOption } = needShares(graph, values, need);
    addRest(need, place, factor * rest[need]! * common[place], commonOption);
  };

  for (const place of PLACES) {
    if (used.total[place] === 0) continue;
    const factor = weight / used.total[place];
    for (const [component, share] of used.components) weigh(component, place, factor * share);
    for (const { need, option, common, weight: shares } of used.rests)
      addRest(need, place, factor * shares[place] * common[place], option);
  }
  // If it is unknown whether one of several counts already, home is smallest in one case and abroad in another: the unknown share between
  // them is larger than in either case.
  const [first] = used.rests;
  const between = unknownOf(values.home[use]!, values.abroad[use]!) - shareOf(used, values, 'unknown');
  if (first && between > NEAR) addRest(first.need, 'unknown', weight * between, -1);
  for (const item of needed(graph, layer, use)) {
    const counted = weights.get(item);
    if (!counted) continue;
    const left = unknownOf(values.home[item]!, values.abroad[item]!);
    if (components[item]!.of === layer) {
      addOwn(item, 'home', counted.home * values.home[item]!, item);
      addOwn(item, 'abroad', counted.abroad * values.abroad[item]!, values.abroadBy[item]!);
      addOwn(item, 'unknown', counted.unknown * left, values.unknownBy[item]!);
      continue;
    }
    // The need with the smallest home share carries the home share, the need with the largest share from abroad carries that. The rest is
    // unknown, and the first need has at least as much of it.
    const parted = needsIn(graph, layer, item).map((need) => ({ need, ...needShares(graph, values, need) }));
    const least = parted.reduce((a, b) => (b.home < a.home ? b : a));
    const most = parted.reduce((a, b) => (b.abroad > a.abroad ? b : a));
    give(least.need, 'home', counted.home);
    give(most.need, 'abroad', counted.abroad);
    if (left > 0) give(least.need, 'unknown', (counted.unknown * left) / unknownOf(least.home, least.abroad));
  }
  return parts;
}

/** The first options of unknown share of a need. */
function unshared({ optionsFrom, targets, shares, components }: Graph, need: number): string[] {
  const found: string[] = [];
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]! && found.length < MAX_AMONG; o++)
    if (Number.isNaN(shares[o])) found.push(components[targets[o]!]!.id);
  return found;
}

/** Components from the use down to those of the layer, each before the components that it needs. */
function needed(graph: Graph, layer: Layer, use: number): number[] {
  const { components, optionsFrom, targets } = graph;
  const found = new Set<number>();
  const stack = [use];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (components[item]?.of === layer) continue;
    for (const need of needsIn(graph, layer, item)) {
      for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
        if (found.has(targets[o]!)) continue;
        found.add(targets[o]!);
        stack.push(targets[o]!);
      }
    }
  }
  return [...found].sort((a, b) => b - a);
}
