// The flows of work through a graph: each consortium has the same part of a programme's work, each of its uses the same part of that, and the
// work of a thing rests on all of its needs at once, and in each need on its options by their shares. What is not known stays an interval.
// Makes cells; flow-picture.ts joins them to the nodes of a picture.

import { type ComponentKind, REQUIRED, REQUIRED_BY, type Use } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import type { Interval } from './shapes.ts';

/** Layers of things beneath the uses that are followed. */
const MAX_DEPTH = 3;
/** The item of what nobody named. */
export const UNNAMED = -1;

/** An item where it stands in the chain: a component that is needed in several places has a cell in each. */
export interface Cell extends Interval {
  /** The kinds from the use down to here, as `compute chip memory`. Empty: a use. */
  block: string;
  of: ComponentKind | Use['kind'] | 'consortium';
  /** Item of the graph; UNNAMED; -2 - c for consortium c. */
  item: number;
}

/** `from` rests on `to`, both indexes of cells. */
interface Flow extends Interval {
  from: number;
  to: number;
}

export interface Flows {
  consortia: readonly string[];
  /** What rests comes before what it rests on. */
  cells: Cell[];
  flows: Flow[];
  /** Whether things beneath the deepest layer are left out. */
  cut: boolean;
}

/** @param consortia ids of the programme's consortia; uses of others, or of none, are left out */
export function flowsOf(graph: Graph, consortia: readonly string[]): Flows {
  const found = new Cells();
  for (const [c, id] of consortia.entries()) {
    const uses = graph.uses.flatMap(({ consortium }, u) => (consortium === id ? [u] : []));
    const part = exactly(1 / consortia.length);
    const from = found.add({ block: '#', of: 'consortium', item: -2 - c, ...part });
    // Nobody knows what a consortium without a use rests on.
    if (uses.length === 0) found.flow(from, { block: '', of: 'training', item: UNNAMED }, part);
    for (const u of uses) {
      const to = { block: '', of: graph.uses[u]!.kind, item: graph.components.length + u };
      found.flow(from, to, exactly(part.low / uses.length));
    }
  }
  let cut = false;
  // Cells are added while they are walked: what a cell rests on comes after it, and a depth is whole before the next begins.
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const level = [...found.cells.keys()].filter((at) => depthOf(found.cells[at]!) === depth);
    for (const at of level) {
      const cell = found.cells[at]!;
      const needs = needsOfCell(graph, cell);
      if (depth === MAX_DEPTH) cut ||= cell.item !== UNNAMED && needs.length > 0;
      else for (const need of needs) found.need(at, need);
    }
  }
  return { consortia, cells: found.cells, flows: found.flows, cut };
}

const exactly = (share: number): Interval => ({ low: share, high: share });
const depthOf = ({ block }: Cell): number => (block === '#' ? -1 : block === '' ? 0 : block.split(' ').length);

interface Needed {
  of: ComponentKind;
  options: (Interval & { item: number })[];
}

class Cells {
  readonly cells: Cell[] = [];
  readonly flows: Flow[] = [];
  #at = new Map<string, number>();
  #flows = new Map<string, Flow>();

  add(cell: Cell): number {
    const key = `${cell.block}/${cell.of}/${cell.item}`;
    const at = this.#at.get(key) ?? this.cells.length;
    const there = this.cells[at];
    if (there) {
      there.low = Math.min(1, there.low + cell.low);
      there.high = Math.min(1, there.high + cell.high);
    } else this.cells.push({ ...cell });
    this.#at.set(key, at);
    return at;
  }

  flow(from: number, to: Omit<Cell, keyof Interval>, part: Interval): void {
    const at = this.add({ ...to, ...part });
    const flow = this.#flows.get(`${from} ${at}`);
    if (flow) {
      flow.low += part.low;
      flow.high += part.high;
      return;
    }
    const next = { from, to: at, ...part };
    this.#flows.set(`${from} ${at}`, next);
    this.flows.push(next);
  }

  need(at: number, { of, options }: Needed): void {
    const { block, low, high } = this.cells[at]!;
    for (const option of options) {
      const to = { block: block === '' ? of : `${block} ${of}`, of, item: option.item };
      this.flow(at, to, { low: low * option.low, high: high * option.high });
    }
  }
}

/** The needs of a cell. Several of one kind share its work evenly, as in the index. Of an unnamed thing only what its kind requires is known. */
function needsOfCell(graph: Graph, { item, of }: Cell): Needed[] {
  if (item === UNNAMED) {
    const required = of === 'training' || of === 'serving' ? REQUIRED_BY[of] : REQUIRED[of as ComponentKind];
    return required.map((kind) => ({ of: kind, options: [{ item: UNNAMED, ...exactly(1) }] }));
  }
  const { needsFrom } = graph;
  const needs: Needed[] = [];
  const counts = new Map<ComponentKind, number>();
  for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++)
    counts.set(graph.of[need]!, (counts.get(graph.of[need]!) ?? 0) + 1);
  for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++) {
    const of = graph.of[need]!;
    const part = 1 / counts.get(of)!;
    const options = optionsOf(graph, need).map((one) => ({ ...one, low: one.low * part, high: one.high * part }));
    needs.push({ of, options });
  }
  return needs;
}

/** The options in use with their shares; one of unknown share has what the others cannot do at least, and the rest at most. */
function optionsOf({ optionsFrom, targets, shares, could, rest, open }: Graph, need: number): Needed['options'] {
  const options: Needed['options'] = [];
  const unshared: { item: number; limit: number }[] = [];
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const share = shares[o]!;
    if (share > 0) options.push({ item: targets[o]!, ...exactly(share) });
    else if (Number.isNaN(share)) unshared.push({ item: targets[o]!, limit: Number.isNaN(could[o]) ? 1 : could[o]! });
  }
  const left = rest[need]!;
  if (left === 0) return options;
  if (open[need] === 1) unshared.push({ item: UNNAMED, limit: 1 });
  for (const { item, limit } of unshared) {
    const others = unshared.reduce((sum, one) => sum + (one.item === item ? 0 : one.limit), 0);
    const high = Math.min(left, limit);
    if (high > 0) options.push({ item, low: Math.min(high, Math.max(0, left - others)), high });
  }
  return options;
}
