// How much of a need is of home and how much from abroad, by the shares of what meets it, in one layer. Of options whose shares are not
// known only what all of them have in common counts. Knows nothing of components and uses, which have several needs.

import type { Graph } from './graph.ts';

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
  /** The least shares among options of unknown share: what they have in common; 0 where nobody knows that it is one of them. */
  commonHome: number;
  commonAbroad: number;
  /** Of these options the one that is least from abroad; -1 where there are none. */
  commonOption: number;
}

export function needShares(graph: Graph, { home, abroad }: LayerShares, need: number): NeedShares {
  const { optionsFrom, targets, shares, rest, open } = graph;
  const of = { home: 0, abroad: 0, commonHome: 1, commonAbroad: 1, commonOption: -1 };
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const share = shares[o]!;
    const there = abroad[targets[o]!]!;
    if (share >= 0) {
      of.home += share * home[targets[o]!]!;
      of.abroad += share * there;
    } else {
      if (of.commonOption < 0 || there < of.commonAbroad) of.commonOption = o;
      of.commonHome = Math.min(of.commonHome, home[targets[o]!]!);
      of.commonAbroad = Math.min(of.commonAbroad, there);
    }
  }
  if (of.commonOption < 0 || open[need]) of.commonHome = of.commonAbroad = 0;
  of.home += rest[need]! * of.commonHome;
  of.abroad += rest[need]! * of.commonAbroad;
  return of;
}

export const unknownOf = (home: number, abroad: number): number => Math.max(0, 1 - home - abroad);
