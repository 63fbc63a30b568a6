// Explains why an item stops or loses work, and what could take over. Does not know who withdrew, nor the remaining shares.

import type { Graph } from './graph.ts';
import type { ChipCount, TakeOver, UseFate } from './shapes.ts';
import { STOPS } from './withdrawal.ts';

const MAX_ENDS = 20;
const MAX_TAKE_OVER = 100;
const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
/** Whether an option is not in use. */
const isSubstitute = (share: number): boolean => share === 0;

export class Explanation {
  readonly #graph: Graph;
  readonly #state: Uint8Array;
  /** By item: the next item on the shortest path to a withdrawn one in use, itself if it is withdrawn; -1 if there is none. */
  readonly #next: Int32Array;
  /** By item: 1 if below it an option goes on beside one that stops. */
  readonly #offers: Uint8Array;

  /** @param byItself from withdrawal.ts @param state from states.ts */
  constructor(graph: Graph, byItself: Uint8Array, state: Uint8Array) {
    this.#graph = graph;
    this.#state = state;
    this.#next = new Int32Array(graph.items).fill(-1);
    this.#offers = new Uint8Array(graph.items);
    const far = new Int32Array(graph.items);
    for (let item = 0; item < graph.items; item++) {
      if (byItself[item] === STOPS) this.#next[item] = item;
      else this.#visit(item, far);
    }
  }

  #visit(item: number, far: Int32Array): void {
    const { needsFrom, optionsFrom, targets, shares, open } = this.#graph;
    const isStopped = (one: number) => this.#state[one] === STOPS;
    const nearer = (a: number, b: number) => (a < 0 || (b >= 0 && far[b]! < far[a]!) ? b : a);
    let nearest = -1;
    for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++) {
      const to = optionsFrom[need + 1]!;
      let stopped = false;
      let others = open[need] === 1;
      let used = -1;
      let substitute = -1;
      for (let o = optionsFrom[need]!; o < to; o++) {
        const target = targets[o]!;
        if (!isStopped(target)) {
          others = true;
          if (this.#offers[target] === 1) this.#offers[item] = 1;
        }
        if (this.#next[target]! < 0) continue;
        if (isSubstitute(shares[o]!)) substitute = nearer(substitute, target);
        else {
          stopped ||= isStopped(target);
          used = nearer(used, target);
        }
      }
      if (stopped && others) this.#offers[item] = 1;
      // An item stops by a need that nothing meets any more, preferably by one that had an option in use.
      if (isStopped(item) && others) continue;
      nearest = nearer(nearest, used < 0 && isStopped(item) ? substitute : used);
    }
    if (nearest < 0) return;
    this.#next[item] = nearest;
    far[item] = far[nearest]! + 1;
  }

  /** The shortest path to a withdrawn component in use; empty if there is none. */
  because(item: number): Pick<UseFate, 'because' | 'leftOut'> {
    const next = this.#next;
    if (next[item]! < 0) return { because: [], leftOut: 0 };
    const path = [item];
    for (let at = item; next[at] !== at; at = next[at]!) path.push(next[at]!);
    const leftOut = Math.max(0, path.length - 2 * MAX_ENDS);
    if (leftOut > 0) path.splice(MAX_ENDS, leftOut);
    return { because: path.map((at) => this.#graph.idOf(at)), leftOut };
  }

  /** Options that go on where another option in use stops, the nearest first. `more`: not all are listed. */
  takeOver(item: number): { options: TakeOver[]; more: boolean } {
    const { needsFrom, of, optionsFrom, targets, shares, could, components } = this.#graph;
    const state = this.#state;
    const options: TakeOver[] = [];
    const seen = new Set([item]);
    const listed = new Set<string>(); // several needs may name one component
    if (this.#offers[item] === 0) return { options, more: false };
    for (const at of seen) {
      for (let need = needsFrom[at]!; need < needsFrom[at + 1]!; need++) {
        let stopped = -1;
        for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
          if (state[targets[o]!] !== STOPS || isSubstitute(shares[o]!)) continue;
          if (stopped < 0 || shares[o]! > shares[stopped]!) stopped = o;
        }
        for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
          const target = targets[o]!;
          if (state[target] === STOPS) continue;
          if (this.#offers[target] === 1) seen.add(target);
          if (stopped < 0) continue;
          const name = `${target} ${shares[o]} ${could[o]}`;
          if (listed.has(name)) continue;
          if (options.length === MAX_TAKE_OVER) return { options, more: true };
          listed.add(name);
          const { id } = components[target]!;
          const chips = this.#chipsOf(at, components[targets[stopped]!]!.id, id);
          options.push({ component: id, of: of[need]!, share: known(shares[o]!), could: known(could[o]!), chips });
        }
      }
    }
    return { options, more: false };
  }

  /** Chips of a cluster, as many of the others unless it says how many; or clusters, each with one kind of chip. */
  #chipsOf(at: number, stopped: string, other: string): TakeOver['chips'] {
    const { clusters } = this.#graph.catalogue;
    const own = clusters.get(this.#graph.idOf(at))?.chips;
    if (own) {
      const countOf = (chip: string) => own.find((one) => one.chip === chip)?.count ?? null;
      const count = countOf(stopped);
      if (count === null) return null;
      return { stopped: { chip: stopped, count }, instead: { chip: other, count: countOf(other) ?? count } };
    }
    const only = (cluster: string): ChipCount | null => {
      const [one, ...more] = clusters.get(cluster)?.chips ?? [];
      return one && more.length === 0 && one.count !== null ? { chip: one.chip, count: one.count } : null;
    };
    const [gone, instead] = [only(stopped), only(other)];
    return gone && instead && { stopped: gone, instead };
  }
}
