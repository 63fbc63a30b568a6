// Where the shares of a layer come from: the components of the layer that uses come down to, each with its part. Parts of one place
// add up to the layer's share of that place. Knows nothing of floors and weights.

import type { Layer, Of } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { layerShares } from './layer-shares.ts';
import { needShares, unknownOf } from './need-shares.ts';
import { type Part, PLACES, type Place } from './shapes.ts';
import { needsIn, shareOf, weightsOf } from './use-weights.ts';

/** Sums of shares that should be equal. */
const NEAR = 1e-9;
/** Named of those among which one is. */
const MOST_AMONG = 10;

type Weights = Record<Place, number>;

/** Adds to `parts` what a use has, times `weight`. The layer is one that the use has needs in. */
export function addParts(graph: Graph, layer: Layer, use: number, weight: number, parts: Part[]): void {
  const { components, of, optionsFrom, targets, shares, rest } = graph;
  const values = layerShares(graph, layer);
  /** By component: how much of its shares of each place counts. */
  const weights = new Map<number, Weights>();

  const id = (item: number | null) => (item === null ? null : graph.idOf(item));
  const add = (
    component: number | null,
    kind: Of,
    place: Place,
    share: number,
    because: number | null,
    among: string[] = [],
  ) => {
    if (share > 0)
      parts.push({
        component: id(component),
        of: kind,
        use: graph.idOf(use),
        share,
        place,
        because: id(because),
        among,
      });
  };
  const amongOf = (need: number): string[] => {
    const found: string[] = [];
    for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]! && found.length < MOST_AMONG; o++)
      if (Number.isNaN(shares[o])) found.push(graph.idOf(targets[o]!));
    return found;
  };
  const weigh = (component: number, place: Place, factor: number) => {
    let to = weights.get(component);
    if (!to) {
      to = { home: 0, abroad: 0, unknown: 0 };
      weights.set(component, to);
    }
    to[place] += factor;
  };
  const give = (need: number, place: Place, factor: number) => {
    if (factor === 0) return;
    for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++)
      if (shares[o]! > 0) weigh(targets[o]!, place, factor * shares[o]!);
    const { commonHome, commonAbroad, commonOption } = needShares(graph, values, need);
    const option = commonOption < 0 ? null : targets[commonOption]!;
    const common = { home: commonHome, abroad: commonAbroad, unknown: 1 - commonHome - commonAbroad };
    add(null, of[need]!, place, factor * rest[need]! * common[place], option, amongOf(need));
  };
  const take = (component: number, mine: Weights) => {
    const home = values.home[component]!;
    const abroad = values.abroad[component]!;
    const because = (by: number) => (by === component ? null : by);
    add(component, layer, 'home', mine.home * home, null);
    add(component, layer, 'abroad', mine.abroad * abroad, because(values.abroadBy[component]!));
    add(component, layer, 'unknown', mine.unknown * unknownOf(home, abroad), because(values.unknownBy[component]!));
  };

  const used = weightsOf(graph, values, layer, use);
  if (!used) return;
  for (const place of PLACES) {
    if (used.total[place] === 0) continue;
    const factor = weight / used.total[place];
    for (const [component, much] of used.components) weigh(component, place, factor * much);
    for (const { need, option, common, weight: much } of used.rests) {
      const item = option < 0 ? null : targets[option]!;
      add(null, of[need]!, place, factor * much[place] * common[place], item, amongOf(need));
    }
  }
  // Where one of several may count already or not, home is least in one case and abroad in another: between them lies more that is not
  // known than in either.
  const [first] = used.rests;
  const between = unknownOf(values.home[use]!, values.abroad[use]!) - shareOf(used, values, 'unknown');
  if (first && between > NEAR) add(null, of[first.need]!, 'unknown', weight * between, null, amongOf(first.need));
  for (const item of needed(graph, layer, use)) {
    const mine = weights.get(item);
    if (!mine) continue;
    if (components[item]!.of === layer) {
      take(item, mine);
      continue;
    }
    // The need with the least of home carries what is of home, the one with the most from abroad what is from there. What is left is
    // not known, and the former has at least as much of that.
    const parted = needsIn(graph, layer, item).map((need) => ({ need, ...needShares(graph, values, need) }));
    const least = parted.reduce((a, b) => (b.home < a.home ? b : a));
    const most = parted.reduce((a, b) => (b.abroad > a.abroad ? b : a));
    give(least.need, 'home', mine.home);
    give(most.need, 'abroad', mine.abroad);
    const left = unknownOf(values.home[item]!, values.abroad[item]!);
    if (left > 0) give(least.need, 'unknown', (mine.unknown * left) / unknownOf(least.home, least.abroad));
  }
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
