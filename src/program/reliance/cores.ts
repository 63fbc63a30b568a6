// Small sets of candidates of which each must be spared if a use is to stop no matter what: what one way of going on rests on. Knows
// nothing of the search that asks for them.

import { type Candidates, goesOn } from './cases.ts';
import type { Graph } from './graph.ts';

const CASES = 32;

/** Ways in which uses go on. */
export class Cores {
  readonly #graph: Graph;
  readonly #candidates: Candidates;
  readonly #uses: readonly number[];
  readonly #below: Int32Array;
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
  alone(): number[] {
    const stops = new Array<number>(this.#gone.length).fill(0);
    for (let from = 0; from < stops.length; from += CASES) {
      this.#gone.fill(0);
      const to = Math.min(from + CASES, stops.length);
      for (let c = from; c < to; c++) this.#gone[c] = 1 << (c - from);
      this.#run(this.#below);
      for (const use of this.#uses)
        for (let c = from; c < to; c++) if ((this.#on[use]! & (1 << (c - from))) === 0) stops[c]!++;
    }
    return stops;
  }

  /** The first use that goes on when all candidates are gone. */
  withoutAll(): number | undefined {
    this.#gone.fill(-1);
    this.#run(this.#below);
    return this.#uses.find((use) => this.#on[use] !== 0);
  }

  /**
   * What uses rest on that go on when `chosen` are gone: sets without a member of `chosen`, no two of which have a member in common;
   * none where all uses stop. No use goes on without all candidates. Each is one of which no member can be left out: were all others gone, the use would stop.
   */
  missed(chosen: readonly number[]): number[][] {
    const found: number[][] = [];
    const gone = new Set(chosen);
    const run = () => {
      this.#gone.fill(0);
      for (const c of gone) this.#gone[c] = 1;
      this.#run(this.#below);
    };
    run();
    for (const use of this.#uses) {
      while ((this.#on[use]! & 1) !== 0) {
        const core = this.#smaller(use, this.#restsOn(use));
        found.push(core);
        for (const c of core) gone.add(c);
        run();
      }
    }
    return found;
  }

  #run(items: Int32Array): void {
    goesOn(this.#graph, this.#candidates, items, this.#gone, this.#on);
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

  /** Leaves out what the use goes on without when all other candidates are gone too. */
  #smaller(use: number, core: readonly number[]): number[] {
    const below = this.#graph.below([use]);
    const kept = new Set(core);
    // What cannot be spared now cannot be when more are gone: these are found 32 at a time, and only the others are tried in turn.
    const spared: number[] = [];
    for (let from = 0; from < core.length; from += CASES) {
      this.#gone.fill(-1);
      for (const c of kept) this.#gone[c] = 0;
      const some = core.slice(from, from + CASES);
      for (const [bit, c] of some.entries()) this.#gone[c] = 1 << bit;
      this.#run(below);
      spared.push(...some.filter((_, bit) => (this.#on[use]! & (1 << bit)) !== 0));
    }
    for (const c of spared) {
      this.#gone.fill(-1);
      for (const other of kept) if (other !== c) this.#gone[other] = 0;
      this.#run(below);
      if (this.#on[use] !== 0) kept.delete(c);
    }
    return [...kept];
  }
}
