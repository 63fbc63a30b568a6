// What if suppliers or countries fall away: which uses, sites and clusters stop, why, how much is left, and what could take over.
// Knows nothing of the index.

import { JikjiError } from '../../base/index.ts';
import { LAYERS, type Layer } from '../../fleet/index.ts';
import { type Because, Explanation, type TakeOver } from './explain.ts';
import { falls, GOES_ON, STOPS, type Without } from './falls.ts';
import { fates } from './fates.ts';
import type { Graph } from './graph.ts';
import { left, type Range } from './left.ts';

export type Fate = 'stops' | 'goes-on' | 'goes-on-as-far-as-known';

/** `because` is the way to the nearest component that fell; empty where nothing fell that is in use. */
export interface UseFate extends Because {
  use: string;
  fate: Fate;
  /**
   * The share of the present work that is left at once, and when all take over what they could; null: not known. Where it goes on as
   * far as known, this is the most that it may be.
   */
  left: { now: number | null; could: number | null };
  /** Where it goes on as far as known: the layers in which something is not known. */
  unknown: Layer[];
  /** What goes on where something else in use stops, the nearest to the use first. */
  takeOver: TakeOver[];
  /** There are more that are not listed. */
  more: boolean;
}

/** `because` as of a use. */
export interface ComponentFate extends Because {
  component: string;
  fate: Fate;
}

export interface WhatIf {
  without: Without;
  uses: UseFate[];
  /** Sites and clusters. */
  sites: ComponentFate[];
  /** Components that fall themselves, not for want of others. */
  fallen: string[];
  /** Theirs too, but a copy is held. */
  held: string[];
}

/** Ends of a range that are one number. */
const NEAR = 1e-9;

/**
 * `uses`: the names of those that are asked about; all, if left out.
 * @throws JikjiError `supplier-unknown`, `country-unknown`, `use-unknown`
 */
export function whatIf(graph: Graph, without: Without, uses?: readonly string[]): WhatIf {
  const asked = itemsOfUses(graph, uses);
  const { own, held } = falls(graph, without);
  const { state, layers } = fates(graph, own);
  const { now, could } = left(graph, state);
  const why = new Explanation(graph, own, state);
  const fate = (item: number): Fate =>
    state[item] === STOPS ? 'stops' : state[item] === GOES_ON ? 'goes-on' : 'goes-on-as-far-as-known';

  const idOf = (item: number): string => graph.idOf(item);
  return {
    without,
    uses: asked.map((item) => {
      const { options, more } = why.takeOver(item);
      return {
        use: idOf(item),
        fate: fate(item),
        left: { now: oneOf(now, item), could: oneOf(could, item) },
        ...why.because(item),
        unknown: LAYERS.filter((_, l) => layers[item]! & (1 << l)),
        takeOver: options,
        more,
      };
    }),
    sites: graph.components.flatMap(({ id, of }, c) =>
      of === 'data-center' || of === 'compute' ? [{ component: id, fate: fate(c), ...why.because(c) }] : [],
    ),
    fallen: graph.components.flatMap(({ id }, c) => (own[c] === STOPS ? [id] : [])),
    held: held.map(idOf),
  };
}

const oneOf = ({ least, most }: Range, item: number): number | null =>
  most[item]! - least[item]! < NEAR ? Math.min(1, most[item]!) : null;

/** @throws JikjiError `use-unknown` */
export function itemsOfUses(graph: Graph, uses: readonly string[] = graph.uses.map(({ id }) => id)): number[] {
  return uses.map((id) => {
    const item = graph.itemOfUse(id);
    if (item === undefined)
      throw new JikjiError('use-unknown', `there is no use "${id}"`, id, 'name a run or a model that is served');
    return item;
  });
}
