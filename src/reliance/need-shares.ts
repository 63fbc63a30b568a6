// How much of a need is of home and how much from abroad, by the shares of what meets it, in one layer. Of options whose shares are not
// known only what all of them have in common counts. Knows nothing of components and uses, which have several needs.

import type { Graph } from './graph.ts';
import type { Shares } from './shapes.ts';

/** Of every item; of what has no part in the layer nothing is said. */
export interface LayerShares {
  home: Float64Array;
  abroad: Float64Array;
  /** The component that makes a component count as abroad, or as not known: itself, or something it needs in the same layer. */
  abroadBy: Int32Array;
  unknownBy: Int32Array;
}

export interface NeedShares {
  home: number;
  abroad: number;
  /** The least shares among options of unknown share: what they have in common; nothing where nobody knows that it is one of them. */
  common: Shares;
  /** Of these options the one that is least from abroad; -1 where there are none. */
  commonOption: number;
}

export function needShares(graph: Graph, values: LayerShares, need: number): NeedShares {
  const { optionsFrom, targets, shares, rest, open } = graph;
  let [home, abroad] = [0, 0];
  let [commonHome, commonAbroad, commonOption] = [1, 1, -1];
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const share = shares[o]!;
    const here = values.home[targets[o]!]!;
    const there = values.abroad[targets[o]!]!;
    if (share >= 0) {
      home += share * here;
      abroad += share * there;
    } else {
      if (commonOption < 0 || there < commonAbroad) commonOption = o;
      commonHome = Math.min(commonHome, here);
      commonAbroad = Math.min(commonAbroad, there);
    }
  }
  if (commonOption < 0 || open[need]) commonHome = commonAbroad = 0;
  home += rest[need]! * commonHome;
  abroad += rest[need]! * commonAbroad;
  const common = { home: commonHome, abroad: commonAbroad, unknown: unknownOf(commonHome, commonAbroad) };
  return { home, abroad, common, commonOption };
}

export const unknownOf = (home: number, abroad: number): number => Math.max(0, 1 - home - abroad);
