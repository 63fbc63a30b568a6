// The sets to hit: each holds the candidates on which one way for a use to go on depends. A use stops when all of its sets are hit. Does
// not know the search that requests them.

import { type Candidates, propagate } from './candidates.ts';
import type { Graph } from './graph.ts';

const CASES = 32;

export class SupportSets {
  readonly #graph: Graph;
  readonly #candidates: Candidates;
  readonly #uses: readonly number[];
  readonly #below: Int32Array;
  /** Bits of cases: by candidate, those in which it has withdrawn; by item, those in which it goes on. */
  readonly #gone: Int32Array;
  readonly #on: Int32Array;
  readonly #cost: Float64Array;

  /** @param below the uses and all that they need */
  constructor(graph: Graph, candidates: Candidates, uses: readonly number[], below: Int32Array) {
    this.#graph = graph;
    this.#candidates = candidates;
    this.#uses = uses;
    this.#below = below;
    this.#gone = new Int32Array(candidates.ids.length);
    this.#on = new Int32Array(graph.items);
    this.#cost = new Float64Array(graph.items);
  }

  /** By candidate: the number of uses that stop if it alone withdraws. */
  stopsByOne(): number[] {
    const stops = new Array<number>(this.#gone.length).fill(0);
    for (let from = 0; from < stops.length; from += CASES) {
      this.#gone.fill(0);
      const to = Math.min(from + CASES, stops.length);
      for (let c = from; c < to; c++) this.#gone[c] = 1 << (c - from);
      this.#run();
      for (const use of this.#uses)
        for (let c = from; c < to; c++) if ((this.#on[use]! & (1 << (c - from))) === 0) stops[c]!++;
    }
    return stops;
  }

  /** The first use that goes on without all candidates. */
  survivor(): number | undefined {
    this.#gone.fill(-1);
    this.#run();
    return this.#uses.find((use) => this.#on[use] !== 0);
  }

  /**
   * Disjoint sets on which the uses that go on without `chosen` depend; empty if all uses stop. Requires that no use goes on without all
   * candidates.
   */
  missed(chosen: readonly number[]): number[][] {
    const found: number[][] = [];
    const gone = new Set(chosen);
    const run = () => {
      this.#gone.fill(0);
      for (const c of gone) this.#gone[c] = 1;
      this.#run();
    };
    run();
    for (const use of this.#uses) {
      while ((this.#on[use]! & 1) !== 0) {
        const core = this.#supportOf(use);
        found.push(core);
        for (const c of core) gone.add(c);
        run();
      }
    }
    return found;
  }

  #run(): void {
    propagate(this.#graph, this.#candidates, this.#below, { gone: this.#gone, on: this.#on });
  }

  /** Candidates on which one way for the use to go on in the first case depends: for each need the option with the fewest candidates. */
  #supportOf(use: number): number[] {
    const { needsFrom, optionsFrom, targets, open, components } = this.#graph;
    const { first, second } = this.#candidates;
    const cost = this.#cost;
    const cheapest = (need: number): number => {
      let best = -1;
      for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
        const target = targets[o]!;
        if ((this.#on[target]! & 1) !== 0 && (best < 0 || cost[target]! < cost[best]!)) best = target;
      }
      return best;
    };
    const below = this.#graph.below([use]);
    for (const item of below) {
      if ((this.#on[item]! & 1) === 0) continue;
      let sum = item < components.length ? Number(first[item]! >= 0) + Number(second[item]! >= 0) : 0;
      for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++)
        if (open[need] === 0) sum += cost[cheapest(need)]!;
      // A component that is needed twice counts twice, so in a deep graph the cost would overflow.
      cost[item] = Math.min(sum, 1e9);
    }
    const found = new Set<number>();
    const seen = new Set([use]);
    for (const item of seen) {
      if (item < components.length)
        for (const candidate of [first[item]!, second[item]!]) if (candidate >= 0) found.add(candidate);
      for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++)
        if (open[need] === 0) seen.add(cheapest(need));
    }
    return [...found];
  }
}
