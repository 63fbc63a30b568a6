// Where the nodes and ribbons of the value chain stand: columns from left to right, in each what is home above, what is not known in the
// middle, what is abroad below; in a place, things of a layer together. Deterministic, and draws nothing.

import type { FlowPicture, Place } from '../types.ts';

/** Height of all of the work. */
const SCALE = 110;
/** A node needs this much for two lines of a name and its share. */
const MIN_NODE = 50;
/** A further line of a long name. */
const LINE = 15;
const GAP = 5;
/** The name of a layer above its nodes. */
const HEAD = 22;
const BAND_GAP = 18;
/** Constant thickness of a ribbon whose share is not known. */
const UNKNOWN_THICKNESS = 3;
const SWEEPS = 12;
/** Rounds of swaps. */
const MAX_ROUNDS = 6;
const PLACES: readonly Place[] = ['home', 'unknown', 'abroad'];

interface Box {
  y: number;
  height: number;
  /** The part of the height that is its share of the work, from `y + inset`. */
  inset: number;
  thickness: number;
}

export interface Ribbon {
  /** Index of the link. */
  link: number;
  /** The upper edges at its ends. */
  from: number;
  to: number;
  thickness: number;
  /** Whether its thickness is a share; else it is constant. */
  known: boolean;
}

interface Head {
  column: number;
  of: Of;
  y: number;
}

export interface FlowLayout {
  columns: number;
  height: number;
  /** The places that anything is in, from the top. */
  bands: { place: Place; y: number; height: number }[];
  heads: Head[];
  nodes: Box[];
  ribbons: Ribbon[];
  crossings: number;
  /** Those of the order in which the picture lists its nodes. */
  crossingsAtFirst: number;
}

type Node = FlowPicture['nodes'][number];
type Of = Node['of'];
/** The nodes of a layer in a place of a column, in their order. */
interface Group {
  of: Of;
  nodes: number[];
}
/** By column, by place: the groups in their order. The first two columns have one place. */
type Order = Group[][][];

/** `lines`: by node, the lines of its name. */
export function layoutOf(picture: FlowPicture, lines: readonly number[] = []): FlowLayout {
  const { nodes, links } = picture;
  const boxHeight = (n: number) => Math.max(MIN_NODE + LINE * ((lines[n] ?? 2) - 2), nodes[n]!.share.low * SCALE);
  const { order, crossingsAtFirst } = bestOrder(picture);
  const columns = order.length;
  const heightOf = (groups: readonly Group[]) =>
    groups.reduce((sum, group) => sum + HEAD + group.nodes.reduce((all, n) => all + boxHeight(n) + GAP, 0), 0);
  const bands: FlowLayout['bands'] = [];
  let height = 0;
  for (const [b, place] of PLACES.entries()) {
    const tallest = Math.max(0, ...order.slice(2).map((column) => heightOf(column[b] ?? [])));
    if (tallest === 0) continue;
    if (height > 0) height += BAND_GAP;
    bands.push({ place, y: height, height: tallest });
    height += tallest;
  }
  const free = Math.max(0, ...order.slice(0, 2).map((column) => heightOf(column[0] ?? [])));
  height = Math.max(height, free);
  const boxes: Box[] = Array(nodes.length);
  const heads: Head[] = [];
  for (const [c, column] of order.entries())
    for (const [b, groups] of column.entries()) {
      const band = c < 2 ? { y: 0, height } : bands.find(({ place }) => place === PLACES[b]);
      if (!band) continue;
      let y = band.y + (band.height - heightOf(groups)) / 2;
      for (const group of groups) {
        heads.push({ column: c, of: group.of, y });
        y += HEAD;
        for (const n of group.nodes) {
          const tall = boxHeight(n);
          const thickness = nodes[n]!.share.low * SCALE;
          boxes[n] = { y, height: tall, inset: (tall - thickness) / 2, thickness };
          y += tall + GAP;
        }
      }
    }
  const ribbons = ribbonsOf(picture, boxes);
  const centre = (n: number) => boxes[n]!.y + boxes[n]!.height / 2;
  return {
    columns,
    height,
    bands,
    heads,
    nodes: boxes,
    ribbons,
    crossings: crossingsOf(links, nodes, centre),
    crossingsAtFirst,
  };
}

/** Pairs of ribbons between the same columns that cross. */
function crossingsOf(links: FlowPicture['links'], nodes: readonly Node[], at: (node: number) => number): number {
  let count = 0;
  const gaps = Map.groupBy(links, ({ from }) => nodes[from]!.column);
  for (const between of gaps.values()) {
    const ends = between.map(({ from, to }) => [at(from), at(to)] as const);
    for (let i = 0; i < ends.length; i++)
      for (let k = i + 1; k < ends.length; k++)
        if ((ends[i]![0] - ends[k]![0]) * (ends[i]![1] - ends[k]![1]) < 0) count++;
  }
  return count;
}

function firstOrder({ nodes }: FlowPicture): Order {
  const columns = Math.max(0, ...nodes.map(({ column }) => column + 1));
  const order: Order = Array.from({ length: columns }, () => []);
  for (const [n, { column, place, of }] of nodes.entries()) {
    const b = place === null ? 0 : PLACES.indexOf(place);
    while (order[column]!.length <= b) order[column]!.push([]);
    const groups = order[column]![b]!;
    // Runs and models of a consortium stay together, whatever they are.
    const name = column === 1 ? 'training' : of;
    const group = groups.find((one) => one.of === name);
    if (group) group.nodes.push(n);
    else groups.push({ of: name, nodes: [n] });
  }
  return order;
}

/** By node: its place in its column, counted from the top. */
function positionsOf(order: Order, count: number): (node: number) => number {
  const positions = new Float64Array(count);
  for (const column of order) {
    const all = column.flatMap((groups) => groups.flatMap((group) => group.nodes));
    for (const [at, n] of all.entries()) positions[n] = (at + 0.5) / all.length;
  }
  return (node) => positions[node]!;
}

/** Barycentre sweeps to the right and to the left; the order with the fewest crossings wins, the earlier one of equal ones; then swaps. */
function bestOrder(picture: FlowPicture): { order: Order; crossingsAtFirst: number } {
  const { nodes, links } = picture;
  const neighbours = { left: nodes.map((): number[] => []), right: nodes.map((): number[] => []) };
  for (const { from, to } of links) {
    neighbours.right[from]!.push(to);
    neighbours.left[to]!.push(from);
  }
  const count = (order: Order) => crossingsOf(links, nodes, positionsOf(order, nodes.length));
  let order = firstOrder(picture);
  let best = order;
  const crossingsAtFirst = count(order);
  let fewest = crossingsAtFirst;
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const side = sweep % 2 === 0 ? neighbours.left : neighbours.right;
    const columns = [...order.keys()].slice(2);
    for (const c of sweep % 2 === 0 ? columns : columns.reverse()) {
      const at = positionsOf(order, nodes.length);
      const own = (n: number) => mean(side[n]!.map(at)) ?? at(n);
      order = order.with(
        c,
        order[c]!.map((groups) =>
          sortedBy(
            groups.map((group) => ({ ...group, nodes: sortedBy(group.nodes, own) })),
            (group) => mean(group.nodes.map(own)) ?? 0,
          ),
        ),
      );
    }
    const crossings = count(order);
    if (crossings < fewest) [best, fewest] = [order, crossings];
  }
  return { order: swapped(best, count), crossingsAtFirst };
}

/** Swaps neighbours while that undoes crossings: layers of a place, and nodes of a layer. */
function swapped(order: Order, count: (order: Order) => number): Order {
  let best = order;
  let fewest = count(order);
  const accept = (next: Order): boolean => {
    const crossings = count(next);
    if (crossings >= fewest) return false;
    [best, fewest] = [next, crossings];
    return true;
  };
  for (let round = 0, better = true; better && round < MAX_ROUNDS; round++) {
    better = false;
    for (const c of [...order.keys()].slice(2))
      for (const b of best[c]!.keys()) {
        const withGroups = (groups: Group[]) => best.with(c, best[c]!.with(b, groups));
        for (let g = 1; g < best[c]![b]!.length; g++) better = accept(withGroups(exchanged(best[c]![b]!, g))) || better;
        for (const g of best[c]![b]!.keys())
          for (let n = 1; n < best[c]![b]![g]!.nodes.length; n++) {
            const group = best[c]![b]![g]!;
            const next = { ...group, nodes: exchanged(group.nodes, n) };
            better = accept(withGroups(best[c]![b]!.with(g, next))) || better;
          }
      }
  }
  return best;
}

const exchanged = <T>(list: readonly T[], at: number): T[] => list.with(at, list[at - 1]!).with(at - 1, list[at]!);

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Stable, also for values that differ by rounding errors only. */
const sortedBy = <T>(list: readonly T[], value: (one: T) => number): T[] =>
  list
    .map((one) => ({ one, at: Math.round(value(one) * 1e6) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

/**
 * A node needs things of several layers for the same work: the ribbons to each layer leave from its whole share. In its layer, a thing's
 * ribbons come in beneath each other, in the order of where they come from.
 */
function ribbonsOf({ nodes, links }: FlowPicture, boxes: readonly Box[]): Ribbon[] {
  const ribbons = links.map(({ share }, link): Ribbon => {
    const known = share.low > 0;
    return { link, from: 0, to: 0, thickness: known ? share.low * SCALE : UNKNOWN_THICKNESS, known };
  });
  const stack = (some: Ribbon[], end: 'from' | 'to', box: Box) => {
    const others = end === 'from' ? 'to' : 'from';
    const at = ({ link }: Ribbon) => boxes[links[link]![others]]!.y;
    const known = some.filter((ribbon) => ribbon.known).sort((a, b) => at(a) - at(b) || a.link - b.link);
    let y = box.y + box.inset;
    for (const ribbon of known) {
      ribbon[end] = y;
      y += ribbon.thickness;
    }
    // Those of unknown share are spread over what is left of the box.
    const thin = some.filter((ribbon) => !ribbon.known).sort((a, b) => at(a) - at(b) || a.link - b.link);
    const from = known.length > 0 ? y : box.y;
    const room = Math.max(0, box.y + box.height - from);
    for (const [i, ribbon] of thin.entries())
      ribbon[end] = Math.min(
        from + (room * (i + 0.5)) / thin.length - UNKNOWN_THICKNESS / 2,
        box.y + box.height - UNKNOWN_THICKNESS,
      );
  };
  const kindOf = ({ link }: Ribbon) => {
    const { column, of } = nodes[links[link]!.to]!;
    return column < 2 ? 'uses' : of;
  };
  for (const [n, some] of Map.groupBy(ribbons, ({ link }) => links[link]!.from))
    for (const ofKind of Map.groupBy(some, kindOf).values()) stack(ofKind, 'from', boxes[n]!);
  for (const [n, some] of Map.groupBy(ribbons, ({ link }) => links[link]!.to)) stack(some, 'to', boxes[n]!);
  return ribbons;
}

/** The outline of a ribbon between two edges; it leaves and arrives level. */
export function ribbonPath({ from, to, thickness }: Ribbon, left: number, right: number): string {
  const middle = (left + right) / 2;
  const number = (value: number) => Math.round(value * 100) / 100;
  const [a, b, c, d] = [from, to, to + thickness, from + thickness].map(number);
  return `M${left} ${a}C${middle} ${a} ${middle} ${b} ${right} ${b}V${c}C${middle} ${c} ${middle} ${d} ${left} ${d}Z`;
}
