// What-if without suppliers or countries: which uses, sites and clusters stop, why, how much work remains, and what could take over. Knows
// no index.

import { LAYERS } from '../fleet/index.ts';
import { Explanation } from './explanation.ts';
import type { Graph } from './graph.ts';
import { noUse } from './refusals.ts';
import { meanOf, RemainingWork } from './remaining-work.ts';
import type { Fate, Remaining, WhatIf, Without } from './shapes.ts';
import { statesOf } from './states.ts';
import { GOES_ON, STOPS, type Withdrawal, withdraw } from './withdrawal.ts';

export interface WhatIfScope {
  /** Ids of uses; default: all. */
  uses?: readonly string[];
  /** Ids of the programme's consortia; default: those of the uses. */
  consortia?: readonly string[];
}

/** @throws JikjiError `supplier-unknown`, `country-unknown`, `use-unknown` */
export function whatIf(graph: Graph, without: Without, { uses, consortia }: WhatIfScope = {}): WhatIf {
  const asked = itemsOfUses(graph, uses);
  const withdrawal = withdraw(graph, without);
  const { byItself, unnamed, held } = withdrawal;
  const { state, layers } = statesOf(graph, withdrawal);
  const work = new RemainingWork(graph, withdrawal);
  const why = new Explanation(graph, byItself, state);
  const fate = (item: number): Fate =>
    state[item] === STOPS ? 'stops' : state[item] === GOES_ON ? 'goes-on' : 'goes-on-as-far-as-known';

  const idOf = (item: number): string => graph.idOf(item);
  const byConsortium = Map.groupBy(asked, (item) => graph.uses[item - graph.components.length]!.consortium);
  const theirs = consortia ?? [...byConsortium.keys()].filter((id) => id !== null);
  const unknown: Remaining = { now: anything(unnamed), could: anything(unnamed) };
  const meanOver = (consortium: string, of: (item: number) => Remaining): Remaining => {
    const items = byConsortium.get(consortium);
    return items ? meanOf(items.map(of)) : unknown;
  };
  return {
    without,
    consortia: theirs.map((consortium) => ({ consortium, remaining: work.ofAll((of) => meanOver(consortium, of)) })),
    programme:
      theirs.length > 0 ? work.ofAll((of) => meanOf(theirs.map((consortium) => meanOver(consortium, of)))) : null,
    uses: asked.map((item) => {
      const { options, more } = why.takeOver(item);
      return {
        use: idOf(item),
        fate: fate(item),
        remaining: work.of(item),
        ...why.because(item),
        unknown: LAYERS.filter((_, l) => layers[item]! & (1 << l)),
        takeOver: options,
        more,
      };
    }),
    sites: graph.components.flatMap(({ id, of }, c) =>
      of === 'data-center' || of === 'compute'
        ? [{ component: id, fate: fate(c), remaining: work.of(c), ...why.because(c) }]
        : [],
    ),
    fallen: graph.components.flatMap(({ id }, c) => (byItself[c] === STOPS ? [id] : [])),
    held: held.map(idOf),
  };
}

/** The interval of unnamed options. */
const anything = (unnamed: Withdrawal['unnamed']) => ({ low: unnamed === GOES_ON ? 1 : 0, high: 1 });

/** @throws JikjiError `use-unknown` */
export function itemsOfUses(graph: Graph, uses: readonly string[] = graph.uses.map(({ id }) => id)): number[] {
  return uses.map((id) => {
    const item = graph.itemOfUse(id);
    if (item === undefined) throw noUse(id, id);
    return item;
  });
}
