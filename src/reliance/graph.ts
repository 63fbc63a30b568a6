// The AND/OR graph of a catalogue as flat arrays in topological order: what an item needs comes before it, so one pass suffices in either
// direction, however deep a chain is. The reader of catalogues has checked its input. Knows neither withdrawals nor home countries.

import {
  type Catalogue,
  type Component,
  type ComponentKind,
  type Need,
  REQUIRED,
  REQUIRED_BY,
  type Use,
} from '../fleet/index.ts';

/** Shares are written with a few decimals: a smaller rest of 1 counts as 0. */
const NEAR = 1e-9;

/** Components and uses are items: components first, in their order, then the uses. */
export class Graph {
  readonly catalogue: Catalogue;
  readonly uses: readonly Use[];
  readonly components: readonly Component[];
  /** Number of components and uses. */
  readonly items: number;
  /** Item i has the needs needsFrom[i] to needsFrom[i + 1] - 1, including required ones that the catalogue does not state. */
  readonly needsFrom: Int32Array;
  /** By need: the kind of component. */
  readonly of: readonly ComponentKind[];
  /** Need j has the options optionsFrom[j] to optionsFrom[j + 1] - 1. */
  readonly optionsFrom: Int32Array;
  /** By option: the index of its component. */
  readonly targets: Int32Array;
  /** By option: share of the present work; NaN: in use, share unknown. */
  readonly shares: Float64Array;
  /** By option: the largest share that it could take over; NaN: unknown. */
  readonly could: Float64Array;
  /** By need: the total share of options of unknown share, and of unnamed ones if the need is `open`. */
  readonly rest: Float64Array;
  /** By need: 1 if unnamed options take part, because those of unknown share cannot do all of the rest. */
  readonly open: Uint8Array;
  #numbers = new Map<string, number>();
  #uses = new Map<string, number>();

  constructor(catalogue: Catalogue, uses: readonly Use[] = catalogue.uses) {
    this.catalogue = catalogue;
    this.uses = uses;
    this.components = inOrder(catalogue.components);
    this.items = this.components.length + uses.length;
    for (const [i, { id }] of this.components.entries()) this.#numbers.set(id, i);
    for (const [i, { id }] of uses.entries()) this.#uses.set(id, this.components.length + i);

    const needs = [
      ...this.components.map((component) => allNeeds(component.needs, REQUIRED[component.of])),
      ...uses.map((use) => allNeeds(use.needs, REQUIRED_BY[use.kind])),
    ];
    const flat = needs.flat();
    const options = flat.flatMap(({ anyOf }) => anyOf);
    this.needsFrom = starts(needs);
    this.of = flat.map(({ of }) => of);
    this.optionsFrom = starts(flat.map(({ anyOf }) => anyOf));
    this.targets = Int32Array.from(options, ({ component }) => this.#numbers.get(component)!);
    this.shares = Float64Array.from(options, ({ share }) => share ?? Number.NaN);
    this.could = Float64Array.from(options, ({ could }) => could ?? Number.NaN);
    this.rest = Float64Array.from(flat, ({ anyOf }) => {
      const rest = 1 - anyOf.reduce((sum, { share }) => sum + (share ?? 0), 0);
      return rest > NEAR ? rest : 0;
    });
    this.open = Uint8Array.from(flat, ({ anyOf, others }, j) => {
      const limit = anyOf.reduce((sum, { share, could }) => sum + (share === null ? (could ?? 1) : 0), 0);
      return this.rest[j]! > 0 && (others || limit < this.rest[j]! - NEAR) ? 1 : 0;
    });
  }

  /** The item of a use; undefined if the graph has no such use. */
  itemOfUse(id: string): number | undefined {
    return this.#uses.get(id);
  }

  /** Id of a component or a use. */
  idOf(item: number): string {
    const uses = item - this.components.length;
    return uses < 0 ? this.components[item]!.id : this.uses[uses]!.id;
  }

  /** The items and all that they need, directly or indirectly, in the graph's order. */
  below(items: readonly number[]): Int32Array {
    const { needsFrom, optionsFrom, targets } = this;
    const seen = new Uint8Array(this.items);
    for (const item of items) seen[item] = 1;
    let count = 0;
    for (let item = this.items - 1; item >= 0; item--) {
      if (seen[item] === 0) continue;
      count++;
      const to = optionsFrom[needsFrom[item + 1]!]!;
      for (let o = optionsFrom[needsFrom[item]!]!; o < to; o++) seen[targets[o]!] = 1;
    }
    const found = new Int32Array(count);
    let at = 0;
    for (let item = 0; item < this.items; item++) if (seen[item] === 1) found[at++] = item;
    return found;
  }
}

/** The needs of an item; a required need that is not stated has no options: it is unknown. */
function allNeeds(needs: readonly Need[], required: readonly ComponentKind[]): Need[] {
  const lacking = required.filter((kind) => !needs.some(({ of }) => of === kind));
  return [...needs, ...lacking.map((of) => ({ of, anyOf: [] }))];
}

/** Offsets of concatenated lists, and the total length at the end. */
function starts(lists: readonly (readonly unknown[])[]): Int32Array {
  const from = new Int32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) from[i + 1] = from[i]! + list.length;
  return from;
}

/** Topological order, depth first, without recursion: a chain may have ten thousand components. */
function inOrder(components: ReadonlyMap<string, Component>): Component[] {
  const order: Component[] = [];
  const entered = new Set<string>();
  const stack: { component: Component; below: string[] }[] = [];
  const enter = (id: string) => {
    entered.add(id);
    const component = components.get(id)!;
    stack.push({ component, below: component.needs.flatMap(({ anyOf }) => anyOf.map((option) => option.component)) });
  };
  for (const root of components.keys()) {
    if (!entered.has(root)) enter(root);
    while (stack.length > 0) {
      const { component, below } = stack.at(-1)!;
      const next = below.pop();
      if (next === undefined) {
        order.push(component);
        stack.pop();
      } else if (!entered.has(next)) enter(next);
    }
  }
  return order;
}
