// The sets that have to be hit: each is the candidates that one way rests on by which a use goes on. A use stops when all of its sets
// are hit. Knows nothing of the search that asks for them.

import { type Candidates, propagate } from './candidates.ts';
import type { Graph } from './graph.ts';

const CASES = 32;

export class SupportSets {
  readonly #graph: Graph;
  readonly #candidates: Candidates;
  readonly #uses: readonly number[];
  readonly #below: Int32Array;
  /** Of each candidate, the cases in which it is gone; of each item, those in which it goes on: a bit each. */
  readonly #gone: Int32Array;
  readonly #on: Int32Array;
  readonly #cost: Float64Array;

  /** `below`: the uses and all that they need. */
  constructor(graph: Graph, candidates: Candidates, uses: readonly number[], below: Int32Array) {
    this.#graph = graph;
    this.#candidates = candidates;
    this.#uses = uses;
    this.#below = below;
    this.#gone = new Int32Array(candidates.ids.length);
    this.#on = new Int32Array(graph.items);
    this.#cost = new Float64Array(graph.items);
  }

  /** How many of the uses stop when a candidate alone falls away, for each of them. */
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

  /** The first use that goes on when all candidates are gone. */
  survivor(): number | undefined {
    this.#gone.fill(-1);
    this.#run();
    return this.#uses.find((use) => this.#on[use] !== 0);
  }

  /**
   * What uses rest on that go on when `chosen` are gone: sets without a member of `chosen`, no two of which have a member in common;
   * none where all uses stop. No use goes on without all candidates.
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
        const core = this.#restsOn(use);
        found.push(core);
        for (const c of core) gone.add(c);
        run();
      }
    }
    return found;
  }

  #run(): void {
    propagate(this.#graph, this.#candidates, this.#below, this.#gone, this.#on);
  }

  /** Candidates that one way rests on by which the use goes on in the first case: of each need, the option that costs fewest of them. */
  #restsOn(use: number): number[] {
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
      // What is needed twice is counted twice: in a deep graph beyond all numbers.
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
