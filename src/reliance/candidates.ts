// What goes on in 32 cases at once, each a set of candidates that are gone: a bit of a word for each case. Not known counts as going
// on. Knows nothing of which sets are worth asking about.

import type { Graph } from './graph.ts';

/** Suppliers or countries that may fall away. */
export interface Candidates {
  ids: readonly string[];
  /** Of each component, the one or two whose falling away it does not survive; -1: none. */
  first: Int32Array;
  second: Int32Array;
}

/**
 * Candidates of home and those that are not known never fall here. By country, a thing falls with its own and with its supplier's.
 * `items`: where candidates are looked for.
 */
export function foreignCandidates(graph: Graph, by: 'supplier' | 'country', items: Int32Array): Candidates {
  const { home, suppliers } = graph.catalogue;
  const numbers = new Map<string, number>();
  const first = new Int32Array(graph.components.length).fill(-1);
  const second = new Int32Array(graph.components.length).fill(-1);
  /** -1 where it is of home, or nobody knows whether it is. */
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
 * `gone`: of each candidate, the cases in which it is gone, a bit each. Writes into `on`, for each of `items`, the cases in which it goes
 * on. `items` are in the graph's order, and what they need is among them.
 */
export function propagate(
  graph: Graph,
  { first, second }: Candidates,
  items: Int32Array,
  gone: Int32Array,
  on: Int32Array,
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
