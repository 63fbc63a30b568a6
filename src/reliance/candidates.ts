// Computes which items go on in 32 cases at once, one bit for each case; a case is a set of withdrawn candidates. Unknown counts as going
// on. Does not choose the cases.

import type { Graph } from './graph.ts';

/** Suppliers or countries that may withdraw. */
export interface Candidates {
  ids: readonly string[];
  /** By component: the one or two candidates without which it stops; -1: none. */
  first: Int32Array;
  second: Int32Array;
}

/**
 * The foreign candidates among `items`. Home and unknown ones never withdraw. By country, a component stops with its own country and
 * with its supplier's.
 */
export function foreignCandidates(graph: Graph, by: 'supplier' | 'country', items: Int32Array): Candidates {
  const { home, suppliers } = graph.catalogue;
  const numbers = new Map<string, number>();
  const first = new Int32Array(graph.components.length).fill(-1);
  const second = new Int32Array(graph.components.length).fill(-1);
  /** -1 for a home or unknown country. */
  const numberOf = (id: string | null, country: string | null): number => {
    if (id === null || country === null || home.includes(country)) return -1;
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  };
  for (const item of items) {
    const component = graph.components[item];
    if (!component || component.held) continue;
    const { supplier, country } = component;
    const theirs = suppliers.get(supplier ?? '')?.country ?? null;
    first[item] = by === 'supplier' ? numberOf(supplier, theirs) : numberOf(country, country);
    if (by === 'country') second[item] = numberOf(theirs, theirs);
  }
  return { ids: [...numbers.keys()], first, second };
}

/**
 * Sets `on[item]` for each of `items` to the cases in which the item goes on. `gone`: by candidate, the cases in which it has withdrawn.
 * `items` are in the graph's order and include all that they need.
 */
export function propagate(
  graph: Graph,
  { first, second }: Candidates,
  items: Int32Array,
  { gone, on }: { gone: Int32Array; on: Int32Array },
): void {
  const { components, needsFrom, optionsFrom, targets, open } = graph;
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    let here = -1;
    if (item < components.length) {
      if (first[item]! >= 0) here &= ~gone[first[item]!]!;
      if (second[item]! >= 0) here &= ~gone[second[item]!]!;
    }
    for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++) {
      if (open[need] === 1) continue;
      let met = 0;
      const to = optionsFrom[need + 1]!;
      for (let o = optionsFrom[need]!; o < to; o++) met |= on[targets[o]!]!;
      here &= met;
    }
    on[item] = here;
  }
}
