// What a use rests on in a layer, and how much each thing counts: a component counts once, however many needs name it, with the largest
// share that it has in any of them. So naming a thing of home again and again makes nothing more of home. Knows nothing of floors.
//
// Where shares are not known, one of several may be a component that counts already, or not. Of home and of abroad each, whatever makes
// it least is taken: the shares never say more than is known. They may say less where such a need has a component in common with
// another, and where its options have limits: these are not looked at.

import { type Layer, PROVIDES } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { type LayerShares, needShares, unknownOf } from './need-shares.ts';
import type { Place, Shares } from './shapes.ts';

/** Options of a need that have a part of it together, nobody knows how much each; or what nobody named. */
interface Rest {
  need: number;
  /** The part of the need that they have. */
  amount: number;
  /** Empty where something that nobody named may have all of it. */
  members: number[];
  /** What they have in common of each place. */
  common: Shares;
  /** How much it counts when the place is summed up. */
  weight: Shares;
  /** Of those with the least from abroad, the option; -1: nobody named it. */
  option: number;
}

export interface UseWeights {
  /** By component; a component of 0 is in no use. */
  components: Map<number, number>;
  rests: Rest[];
  /** What all weights of a place add up to. */
  total: Shares;
}

/** Needs of an item that have to do with the layer. */
export function needsIn({ needsFrom, of }: Graph, layer: Layer, item: number): number[] {
  const found: number[] = [];
  for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++)
    if (PROVIDES[of[need]!].includes(layer)) found.push(need);
  return found;
}

/** `values`: of all that the use needs. Undefined where it needs nothing in the layer. */
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
    // The only one of unknown share has all of the rest.
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

/** The share of a place that a use's weights come to; of what is not known, where all of each rest counts. */
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
 * Gives each rest the weight at which the place's share of the whole is least, between none that is beside what counts already and all
 * of it; returns what all weights add up to.
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
    // All that is below the mean lowers it, and the lowest most.
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
