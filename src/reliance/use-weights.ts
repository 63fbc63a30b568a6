// The components of a use in a layer and their weights: a component counts once, with its largest share in any need, so that repeated needs
// for a home component do not increase the home share. Knows no floors.
//
// If shares are unknown, one of several options may be a component that counts already. For home and for abroad each, the case with the
// smallest share is taken, so that the shares never claim more than is known. They may claim less if such a need shares a component with
// another one, or if its options have limits, which are ignored.

import { type Layer, PROVIDES } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { type LayerShares, needShares, unknownOf } from './need-shares.ts';
import type { Place, Shares } from './shapes.ts';

/** Options of unknown share of a need, which together have a part of it; or an unnamed option. */
interface Rest {
  need: number;
  /** Their part of the need. */
  amount: number;
  /** Empty if an unnamed option may have all of it. */
  members: number[];
  /** Their common share of each place. */
  common: Shares;
  /** By place: the weight in the sum. */
  weight: Shares;
  /** The option with the smallest share from abroad; -1: unnamed. */
  option: number;
}

export interface UseWeights {
  /** Weights by component; a component that is not in use is left out. */
  components: Map<number, number>;
  rests: Rest[];
  /** Sum of all weights of a place. */
  total: Shares;
}

/** The needs of an item in a layer. */
export function needsIn({ needsFrom, of }: Graph, layer: Layer, item: number): number[] {
  const found: number[] = [];
  for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++)
    if (PROVIDES[of[need]!].includes(layer)) found.push(need);
  return found;
}

/** The weights of a use in a layer; undefined if it has no needs there. @param values of all that the use needs */
export function weightsOf(graph: Graph, values: LayerShares, layer: Layer, use: number): UseWeights | undefined {
  const needs = needsIn(graph, layer, use);
  if (needs.length === 0) return undefined;
  const { optionsFrom, targets, shares, rest, open } = graph;
  const components = new Map<number, number>();
  const rests: Rest[] = [];
  for (const need of needs) {
    const unshared: number[] = [];
    for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
      if (Number.isNaN(shares[o])) unshared.push(targets[o]!);
      else if (shares[o]! > 0) atLeast(components, targets[o]!, shares[o]!);
    }
    if (rest[need] === 0) continue;
    // A single option of unknown share has all of the rest.
    if (unshared.length === 1 && open[need] === 0) atLeast(components, unshared[0]!, rest[need]!);
    else {
      const { common, commonOption: option } = needShares(graph, values, need);
      const weight = { home: 0, abroad: 0, unknown: rest[need]! };
      rests.push({ need, amount: rest[need]!, members: open[need] === 1 ? [] : unshared, common, weight, option });
    }
  }
  const whole = sumOf(components.values());
  const total = { home: 0, abroad: 0, unknown: whole + sumOf(rests.map(({ amount }) => amount)) };
  for (const place of ['home', 'abroad'] as const) {
    const sum = sumOf([...components].map(([component, weight]) => weight * values[place][component]!));
    total[place] = weigh(rests, place, components, { whole, sum });
  }
  return { components, rests, total };
}

/** The share of a place by a use's weights; for `unknown` each rest counts in full. */
export function shareOf({ components, rests, total }: UseWeights, { home, abroad }: LayerShares, place: Place): number {
  if (total[place] === 0) return 0;
  const of = (component: number) =>
    place === 'unknown' ? unknownOf(home[component]!, abroad[component]!) : { home, abroad }[place][component]!;
  let sum = 0;
  for (const [component, weight] of components) sum += weight * of(component);
  for (const { weight, common } of rests) sum += weight[place] * common[place];
  return sum / total[place];
}

/**
 * Gives each rest the weight that makes the place's share of the whole smallest, between its part that cannot count already and all of it.
 * Returns the sum of all weights.
 */
function weigh(
  rests: readonly Rest[],
  place: 'home' | 'abroad',
  components: ReadonlyMap<number, number>,
  { whole, sum }: { whole: number; sum: number },
): number {
  const rising = rests.toSorted((a, b) => a.common[place] - b.common[place]);
  const counted = new Map(components);
  for (const one of rising) {
    const hidden = sumOf(one.members.map((member) => counted.get(member) ?? 0));
    one.weight[place] = one.members.length === 0 ? 0 : Math.max(0, one.amount - hidden);
    whole += one.weight[place];
    sum += one.weight[place] * one.common[place];
    for (const member of one.members) counted.set(member, (counted.get(member) ?? 0) + one.amount);
  }
  for (const one of rising) {
    // Every share below the mean lowers it, the lowest the most.
    if (whole > 0 && one.common[place] * whole >= sum) break;
    const more = one.amount - one.weight[place];
    one.weight[place] += more;
    whole += more;
    sum += more * one.common[place];
  }
  return whole;
}

function atLeast(weights: Map<number, number>, component: number, weight: number): void {
  weights.set(component, Math.max(weight, weights.get(component) ?? 0));
}

const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);
