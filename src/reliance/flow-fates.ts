// What becomes of the nodes and links of a picture of flows without some suppliers or countries, and of the home share of each layer.

import { z } from 'zod';
import { LAYERS, layerShape } from '../fleet/index.ts';
import { type FoldedPicture, placeOf, sum } from './flow-picture.ts';
import { type Cell, type Flows, UNNAMED } from './flows.ts';
import type { Graph } from './graph.ts';
import { RemainingWork } from './remaining-work.ts';
import { type Interval, intervalShape, type Without } from './shapes.ts';
import { statesOf } from './states.ts';
import { GOES_ON, NOT_KNOWN, STOPS, withdraw } from './withdrawal.ts';

/** `in-part`: some of its things stop, or they go on with less. */
const flowFate = z.enum(['stops', 'in-part', 'goes-on-as-far-as-known', 'goes-on']);
export const flowFatesShape = z
  .object({
    nodes: z.array(
      z.object({
        fate: flowFate,
        /** All of its things are withdrawn themselves, and stop not only for lack of others. */
        fell: z.boolean(),
      }),
    ),
    links: z.array(flowFate),
    consortia: z.array(z.object({ consortium: z.string(), fate: flowFate })),
    /** The home share of the work by layer, before the withdrawal, and of what remains of the work after it; null: nothing remains. */
    home: z.array(z.object({ layer: layerShape, before: intervalShape, after: intervalShape.nullable() })),
  })
  .meta({ id: 'FlowFates' });
export type FlowFates = z.infer<typeof flowFatesShape>;
type FlowFate = z.infer<typeof flowFate>;

/** @throws JikjiError `supplier-unknown`, `country-unknown` */
export function flowFates(
  graph: Graph,
  flows: Flows,
  { picture, nodeOf, linkOf }: FoldedPicture,
  without: Without,
): FlowFates {
  const withdrawal = withdraw(graph, without);
  const { state } = statesOf(graph, withdrawal);
  const work = new RemainingWork(graph, withdrawal);
  const ofItem = (item: number): FlowFate =>
    // Enough is left to go on with, but not all of it.
    state[item] === GOES_ON && work.of(item).now.high < 1 ? 'in-part' : fateOf(state[item]!);
  const ofConsortium = (id: string): FlowFate =>
    together(
      graph.uses.flatMap(({ consortium }, u) => (consortium === id ? [ofItem(graph.components.length + u)] : [])),
      fateOf(withdrawal.unnamed),
    );
  const consortia = flows.consortia.map((consortium) => ({ consortium, fate: ofConsortium(consortium) }));
  const fates = flows.cells.map(({ item }): FlowFate => {
    if (item === UNNAMED) return fateOf(withdrawal.unnamed);
    return item < UNNAMED ? consortia[-2 - item]!.fate : ofItem(item);
  });
  const grouped = (count: number, owners: readonly number[], fateAt: (i: number) => FlowFate) => {
    const all = Array.from({ length: count }, (): FlowFate[] => []);
    for (const [i, owner] of owners.entries()) all[owner]!.push(fateAt(i));
    return all.map((some) => together(some, fateOf(withdrawal.unnamed)));
  };
  const nodes = grouped(picture.nodes.length, nodeOf, (cell) => fates[cell]!);
  const fell = nodes.map((fate) => fate === 'stops');
  for (const [at, { item }] of flows.cells.entries())
    if (item < 0 || withdrawal.byItself[item] !== STOPS) fell[nodeOf[at]!] = false;
  const remains = ({ item }: Cell): Interval =>
    item >= 0 ? work.of(item).now : { low: withdrawal.unnamed === GOES_ON ? 1 : 0, high: 1 };
  return {
    nodes: nodes.map((fate, n) => ({ fate, fell: fell[n]! })),
    consortia,
    links: grouped(picture.links.length, linkOf, (flow) => fates[flows.flows[flow]!.to]!),
    home: homeShares(graph, flows.cells, remains),
  };
}

const fateOf = (state: number): FlowFate =>
  state === STOPS ? 'stops' : state === NOT_KNOWN ? 'goes-on-as-far-as-known' : 'goes-on';

/** @param none of an empty list: a consortium without a use */
function together(fates: readonly FlowFate[], none: FlowFate): FlowFate {
  const kinds = new Set(fates);
  if (kinds.size <= 1) return fates[0] ?? none;
  return kinds.has('stops') || kinds.has('in-part') ? 'in-part' : 'goes-on-as-far-as-known';
}

function homeShares(graph: Graph, cells: readonly Cell[], remains: (cell: Cell) => Interval): FlowFates['home'] {
  return LAYERS.flatMap((layer) => {
    const there = cells.filter(({ of }) => of === layer);
    if (there.length === 0) return [];
    const before = homeShare(graph, there, (cell) => cell);
    const after = homeShare(graph, there, (cell) => {
      const { low, high } = remains(cell);
      return { low: cell.low * low, high: cell.high * high };
    });
    return before ? [{ layer, before, after }] : [];
  });
}

/** At least: all that may be elsewhere is as large as it can be; at most: what is not known is home. Null if nothing is there. */
function homeShare(graph: Graph, cells: readonly Cell[], amountOf: (cell: Cell) => Interval): Interval | null {
  const of = { home: { low: 0, high: 0 }, abroad: { low: 0, high: 0 }, unknown: { low: 0, high: 0 } };
  for (const cell of cells) {
    const place = placeOf(graph, cell);
    of[place] = sum([of[place], amountOf(cell)]);
  }
  const { home, abroad, unknown } = of;
  const others = abroad.high + unknown.high;
  const mayBe = home.high + unknown.high;
  if (home.high + others === 0) return null;
  return {
    low: home.low === 0 ? 0 : home.low / (home.low + others),
    high: mayBe === 0 ? 0 : mayBe / (mayBe + abroad.low),
  };
}
