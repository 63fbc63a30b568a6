// The picture of flows: cells joined to the nodes that a reader can take in, one for each supplier in a layer, and the small ones together;
// what each node rests on. flow-fates.ts has what becomes of them without some suppliers.

import { z } from 'zod';
import { componentKindShape } from '../fleet/index.ts';
import { titleShape } from '../formats/index.ts';
import type { Cell, Flows } from './flows.ts';
import type { Graph } from './graph.ts';
import { type Interval, intervalShape, type Place, placeShape } from './shapes.ts';

/** Nodes of a layer that stand alone; the smaller ones of each place are joined to one. */
const MAX_NODES = 8;
/** Names of things that a node lists. */
const MAX_THINGS = 6;

const node = z.object({
  /** 0: consortia, 1: their runs and models, then what these rest on. */
  column: z.int(),
  of: z.union([componentKindShape, z.enum(['consortium', 'training', 'serving'])]),
  /** Id of the consortium of a node of the first two columns. */
  consortium: z.string().nullable(),
  supplier: z.object({ id: z.string(), name: titleShape, country: z.string().nullable() }).nullable(),
  /** The first of its things: components, or runs and models; empty: nobody named what it is. */
  things: z.array(titleShape),
  country: z.string().nullable(),
  /** Null in the first two columns. */
  place: placeShape.nullable(),
  /** Its share of the work, 0 to 1, at least and at most. */
  share: intervalShape,
  /** Number of suppliers, consortia or unnamed things that are joined in it; 0: it stands alone. */
  joined: z.int(),
  /** Indexes of the nodes that it rests on, directly or not. */
  restsOn: z.array(z.int()),
});
type FlowNode = z.infer<typeof node>;

const link = z.object({
  /** Index of the node that rests on `to`. */
  from: z.int(),
  to: z.int(),
  share: intervalShape,
});

export const flowPictureShape = z
  .object({
    nodes: z.array(node),
    links: z.array(link),
    /** Whether things beneath the last column are left out. */
    cut: z.boolean(),
  })
  .meta({ id: 'FlowPicture' });
type FlowPicture = z.infer<typeof flowPictureShape>;

/** The picture, and the cells of each node and link. */
export interface FoldedPicture {
  picture: FlowPicture;
  /** By cell: its node. */
  nodeOf: number[];
  /** By flow: its link. */
  linkOf: number[];
}

export function pictureOfFlows(graph: Graph, flows: Flows): FoldedPicture {
  const groups = joinedCells(graph, flows);
  const nodeOf: number[] = Array(flows.cells.length);
  for (const [n, cells] of groups.entries()) for (const cell of cells) nodeOf[cell] = n;
  const linkOf: number[] = [];
  const links = new Map<string, { at: number; link: z.infer<typeof link> }>();
  for (const { from, to, low, high } of flows.flows) {
    const ends = { from: nodeOf[from]!, to: nodeOf[to]! };
    const name = `${ends.from} ${ends.to}`;
    const known = links.get(name) ?? { at: links.size, link: { ...ends, share: { low: 0, high: 0 } } };
    links.set(name, known);
    known.link.share = sum([known.link.share, { low, high }]);
    linkOf.push(known.at);
  }
  const below = nodesBelow(flows, groups, nodeOf);
  const nodes = groups.map((cells, n) => ({ ...nodeOfCells(graph, flows, cells), restsOn: below[n]! }));
  return { picture: { nodes, links: [...links.values()].map((one) => one.link), cut: flows.cut }, nodeOf, linkOf };
}

/** Groups of cells, those that rest on others first; in a layer the largest first. */
function joinedCells(graph: Graph, { cells, consortia }: Flows): number[][] {
  const blocks = Map.groupBy(cells.keys(), (at) => cells[at]!.block);
  return [...blocks].flatMap(([block, members]) => {
    const byName = [...Map.groupBy(members, (at) => nameOf(graph, consortia, cells[at]!)).values()];
    if (block === '#' || block === '') {
      // The order of the programme: no consortium comes first because it has more.
      const alone = byName.slice(0, 2 * MAX_NODES);
      const rest = byName.slice(2 * MAX_NODES).flat();
      return rest.length > 0 ? [...alone, rest] : alone;
    }
    const share = (group: number[]) => sum(group.map((at) => cells[at]!));
    const sorted = byName
      .map((group) => ({ group, ...share(group) }))
      .sort((a, b) => b.low - a.low || b.high - a.high || a.group[0]! - b.group[0]!)
      .map(({ group }) => group);
    const small = sorted.slice(MAX_NODES).flat();
    const joined = [...Map.groupBy(small, (at) => placeOf(graph, cells[at]!)).values()];
    return [...sorted.slice(0, MAX_NODES), ...joined];
  });
}

function nameOf(graph: Graph, consortia: readonly string[], cell: Cell): string {
  if (cell.of === 'consortium') return `${cell.item}`;
  const component = graph.components[cell.item];
  if (cell.of === 'training' || cell.of === 'serving') {
    const use = graph.uses[cell.item - graph.components.length];
    return use ? `${consortia.indexOf(use.consortium!)} ${use.kind}` : 'unnamed';
  }
  if (!component) return 'unnamed';
  return JSON.stringify([component.supplier ?? [component.id], placeOf(graph, cell)]);
}

export function placeOf({ components, catalogue }: Graph, { item }: Cell): Place {
  const country = components[item]?.country ?? null;
  return country === null ? 'unknown' : catalogue.home.includes(country) ? 'home' : 'abroad';
}

function nodeOfCells(graph: Graph, { cells, consortia }: Flows, group: readonly number[]): Omit<FlowNode, 'restsOn'> {
  const members = group.map((at) => cells[at]!);
  const [first] = members;
  const { of, block } = first!;
  const names = new Set(members.map((cell) => nameOf(graph, consortia, cell)));
  const isAlone = names.size === 1;
  const column = block === '#' ? 0 : block === '' ? 1 : 1 + block.split(' ').length;
  const uses = members.flatMap(({ item }) => graph.uses[item - graph.components.length] ?? []);
  const components = members.flatMap(({ item }) => graph.components[item] ?? []);
  const supplier = isAlone ? graph.catalogue.suppliers.get(components[0]?.supplier ?? '') : undefined;
  const consortium = of === 'consortium' ? consortia[-2 - first!.item]! : (uses[0]?.consortium ?? null);
  return {
    column,
    of,
    consortium: isAlone && column < 2 ? consortium : null,
    supplier: supplier ? { id: supplier.id, name: supplier.name, country: supplier.country } : null,
    things: (column === 1 ? uses : components).slice(0, MAX_THINGS).map(({ name }) => name),
    country: isAlone ? (components[0]?.country ?? null) : null,
    place: column < 2 ? null : placeOf(graph, first!),
    share: capped(sum(members)),
    joined: isAlone ? 0 : names.size,
  };
}

/** By group, the nodes that its cells rest on: exact, although nodes join cells. */
function nodesBelow({ cells, flows }: Flows, groups: readonly number[][], nodeOf: readonly number[]): number[][] {
  const next = Array.from(cells, (): number[] => []);
  for (const { from, to } of flows) next[from]!.push(to);
  return groups.map((group) => {
    const seen = new Set(group);
    for (const at of seen) for (const to of next[at]!) seen.add(to);
    const own = new Set(group);
    return [...new Set([...seen].flatMap((at) => (own.has(at) ? [] : [nodeOf[at]!])))].sort((a, b) => a - b);
  });
}

const zero = (): Interval => ({ low: 0, high: 0 });
export const sum = (all: readonly Interval[]): Interval =>
  all.reduce((total, one) => ({ low: total.low + one.low, high: total.high + one.high }), zero());

/** Without the rounding errors of a sum of shares. */
const capped = ({ low, high }: Interval): Interval => ({ low: Math.min(1, low), high: Math.min(1, high) });
