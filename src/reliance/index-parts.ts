// Where the shares of a layer come from: the components of the layer that uses come down to, each with its part. Parts of one place
// add up to the layer's share of that place. Knows nothing of floors and weights.

import type { Layer } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { layerShares } from './layer-shares.ts';
import { needShares, unknownOf } from './need-shares.ts';
import { type Part, PLACES, type Place, type Shares } from './shapes.ts';
import { needsIn, shareOf, weightsOf } from './use-weights.ts';

/** Sums of shares that should be equal. */
const NEAR = 1e-9;
/** Named of those among which one is. */
const MAX_AMONG = 10;

/** What a use has in a layer that it has needs in, times `weight`. */
export function partsOf(graph: Graph, layer: Layer, use: number, weight: number): Part[] {
  const { components, of, optionsFrom, targets, shares, rest } = graph;
  const values = layerShares(graph, layer);
  const used = weightsOf(graph, values, layer, use);
  if (!used) return [];
  const parts: Part[] = [];
  /** By component: how much of its shares of each place counts. */
  const weights = new Map<number, Shares>();

  const idOf = (item: number) => (item < 0 ? null : graph.idOf(item));
  const weigh = (component: number, place: Place, factor: number) => {
    const to = weights.get(component) ?? { home: 0, abroad: 0, unknown: 0 };
    weights.set(component, to);
    to[place] += factor;
  };
  /** What of a need options of unknown share have together. */
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
    for (const [component, much] of used.components) weigh(component, place, factor * much);
    for (const { need, option, common, weight: much } of used.rests)
      addRest(need, place, factor * much[place] * common[place], option);
  }
  // Where one of several may count already or not, home is least in one case and abroad in another: between them lies more that is not
  // known than in either.
  const [first] = used.rests;
  const between = unknownOf(values.home[use]!, values.abroad[use]!) - shareOf(used, values, 'unknown');
  if (first && between > NEAR) addRest(first.need, 'unknown', weight * between, -1);
  for (const item of needed(graph, layer, use)) {
    const mine = weights.get(item);
    if (!mine) continue;
    const left = unknownOf(values.home[item]!, values.abroad[item]!);
    if (components[item]!.of === layer) {
      addOwn(item, 'home', mine.home * values.home[item]!, item);
      addOwn(item, 'abroad', mine.abroad * values.abroad[item]!, values.abroadBy[item]!);
      addOwn(item, 'unknown', mine.unknown * left, values.unknownBy[item]!);
      continue;
    }
    // The need with the least of home carries what is of home, the one with the most from abroad what is from there. What is left is
    // not known, and the former has at least as much of that.
    const parted = needsIn(graph, layer, item).map((need) => ({ need, ...needShares(graph, values, need) }));
    const least = parted.reduce((a, b) => (b.home < a.home ? b : a));
    const most = parted.reduce((a, b) => (b.abroad > a.abroad ? b : a));
    give(least.need, 'home', mine.home);
    give(most.need, 'abroad', mine.abroad);
    if (left > 0) give(least.need, 'unknown', (mine.unknown * left) / unknownOf(least.home, least.abroad));
  }
  return parts;
}

/** Options of a need that have a part of it, nobody knows how much: the first of them. */
function unshared({ optionsFrom, targets, shares, components }: Graph, need: number): string[] {
  const found: string[] = [];
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]! && found.length < MAX_AMONG; o++)
    if (Number.isNaN(shares[o])) found.push(components[targets[o]!]!.id);
  return found;
}

/** Components from the use down to those of the layer, each before all that it needs. */
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
