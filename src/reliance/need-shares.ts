// The home and abroad shares of one need in one layer, from the shares of its options. Of options of unknown share only what they have in
// common counts. Knows no components and uses, which have several needs.

import type { Graph } from './graph.ts';
import type { Shares } from './shapes.ts';

/** By item. Values of items without a part in the layer have no meaning. */
export interface LayerShares {
  home: Float64Array;
  abroad: Float64Array;
  /** By component: the component that makes it count as abroad, or as unknown: itself, or one that it needs in the layer. */
  abroadBy: Int32Array;
  unknownBy: Int32Array;
}

export interface NeedShares {
  home: number;
  abroad: number;
  /** The common shares of the options of unknown share: the smallest of each place; 0 if an unnamed option may be used. */
  common: Shares;
  /** The option of unknown share with the smallest share from abroad; -1 if there is none. */
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
