// What becomes of everything once some components have fallen: stops, goes on, or may do either; and which layers are not
// known where it is that. Three-valued, one pass. Knows nothing of who fell and of how much is left.

import { LAYERS, type Of, PROVIDES } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { GOES_ON, NOT_KNOWN, STOPS, type Withdrawal } from './withdrawal.ts';

export interface States {
  /** Of each item: STOPS, NOT_KNOWN or GOES_ON. */
  state: Uint8Array;
  /** Of each item that is NOT_KNOWN: the layers in which something is not known, bit l for LAYERS[l]. */
  layers: Uint8Array;
}

const bits = (of: Of): number => PROVIDES[of].reduce((sum, layer) => sum | (1 << LAYERS.indexOf(layer)), 0);
const BITS = Object.fromEntries(Object.keys(PROVIDES).map((of) => [of, bits(of as Of)])) as Record<Of, number>;

/** A thing goes on when it does by itself (`byItself`) and when all its needs are met, each by one of its options or by what nobody named. */
export function statesOf(graph: Graph, { byItself, unnamed }: Withdrawal): States {
  const { components, items, needsFrom, of, optionsFrom, targets, open } = graph;
  const state = new Uint8Array(items).fill(GOES_ON);
  const layers = new Uint8Array(items);
  state.set(byItself);
  for (let item = 0; item < items; item++) {
    let here = state[item]!;
    // A chip of which nobody knows whether it falls says nothing about its memory.
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
