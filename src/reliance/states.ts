// The state of every item after a withdrawal: stops, goes on, or unknown; and the layers that make it unknown. Three-valued logic in one
// pass for each case. Does not know who withdrew and how much remains.

import { type ComponentKind, LAYERS, PROVIDES } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { GOES_ON, NOT_KNOWN, STOPS, type Withdrawal } from './withdrawal.ts';

export interface States {
  /** By item: STOPS, NOT_KNOWN or GOES_ON. */
  state: Uint8Array;
  /** By item that is NOT_KNOWN: the layers with unknown data, bit l for LAYERS[l]. */
  layers: Uint8Array;
}

const bits = (of: ComponentKind): number => PROVIDES[of].reduce((sum, layer) => sum | (1 << LAYERS.indexOf(layer)), 0);
const BITS = Object.fromEntries(Object.keys(PROVIDES).map((of) => [of, bits(of as ComponentKind)])) as Record<
  ComponentKind,
  number
>;

/** An item goes on if it does in every case; what stops is the same in all. */
export function statesOf(graph: Graph, { cases, unnamed }: Withdrawal): States {
  const [first, ...others] = cases.map((byItself) => statesIn(graph, byItself, unnamed));
  const { state, layers } = first!;
  for (const other of others) {
    for (let item = 0; item < graph.items; item++) {
      state[item] = Math.min(state[item]!, other.state[item]!);
      layers[item]! |= other.layers[item]!;
    }
  }
  return { state, layers };
}

/** An item goes on if it is not withdrawn itself (`byItself`) and each need is met by an option or an unnamed one. */
function statesIn(graph: Graph, byItself: Uint8Array, unnamed: Withdrawal['unnamed']): States {
  const { components, items, needsFrom, of, optionsFrom, targets, open } = graph;
  const state = new Uint8Array(items).fill(GOES_ON);
  const layers = new Uint8Array(items);
  state.set(byItself);
  for (let item = 0; item < items; item++) {
    let here = state[item]!;
    // A chip that may be withdrawn does not make the layer of its memory unknown.
    if (here === NOT_KNOWN) {
      const kind = components[item]!.of;
      layers[item] = kind === 'compute' ? BITS.compute : 1 << LAYERS.indexOf(kind);
    }
    for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++) {
      let met: number = open[need] === 1 ? unnamed : STOPS;
      let unknown = met === NOT_KNOWN ? BITS[of[need]!] : 0;
      for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
        const target = targets[o]!;
        if (state[target]! > met) met = state[target]!;
        unknown |= layers[target]!;
      }
      if (met < here) here = met;
      if (met === NOT_KNOWN) layers[item]! |= unknown;
    }
    if (here !== NOT_KNOWN) layers[item] = 0;
    state[item] = here;
  }
  return { state, layers };
}
