// How much of the present work remains after a withdrawal, now and at most: the tightest interval over all possible values of unknown data.
// Does not know who withdrew.
//
// The ends are exact because the whole increases with each part, and unknown data of one need (shares, limits) do not depend on those of
// others: in each case of a withdrawal all parts can be at their worst together, and all at their best.

import type { Graph } from './graph.ts';
import type { Interval, Remaining } from './shapes.ts';
import { GOES_ON, NOT_KNOWN, STOPS, type Withdrawal } from './withdrawal.ts';

/** The ends of the intervals, by item. */
interface Ends {
  low: Float64Array;
  high: Float64Array;
}

/** An option that takes part in a need. `limit`: the most that it could do; Infinity if unknown. */
interface Part extends Interval {
  limit: number;
}

/** Tolerance of sums of shares. */
const NEAR = 1e-9;

export class RemainingWork {
  readonly #graph: Graph;
  readonly #unnamed: Withdrawal['unnamed'];
  readonly #cases: readonly Record<keyof Remaining, Ends>[];

  constructor(graph: Graph, { cases, unnamed }: Withdrawal) {
    this.#graph = graph;
    this.#unnamed = unnamed;
    this.#cases = cases.map((byItself) => ({
      now: this.#walk(byItself, (need, ends) => this.#nowOf(need, ends)),
      could: this.#walk(byItself, (need, ends) => this.#couldOf(need, ends)),
    }));
  }

  of(item: number): Remaining {
    return this.ofAll((of) => of(item));
  }

  /** What is made up of several items, which need not be at their worst in the same case. */
  ofAll(whole: (of: (item: number) => Remaining) => Remaining): Remaining {
    const all = this.#cases.map((ends) =>
      whole((item) => {
        const at = ({ low, high }: Ends) => interval(low[item]!, high[item]!);
        return { now: at(ends.now), could: at(ends.could) };
      }),
    );
    const widest = (which: keyof Remaining): Interval => ({
      low: Math.min(...all.map((one) => one[which].low)),
      high: Math.max(...all.map((one) => one[which].high)),
    });
    return { now: widest('now'), could: widest('could') };
  }

  /** An item keeps as much work as the need that keeps the least. */
  #walk(byItself: Uint8Array, ofNeed: (need: number, ends: Ends) => Interval): Ends {
    const { items, needsFrom } = this.#graph;
    const ends: Ends = { low: new Float64Array(items), high: new Float64Array(items) };
    for (let item = 0; item < items; item++) {
      const fate = byItself[item] ?? GOES_ON; // a use falls by its needs alone
      if (fate === STOPS) continue;
      let low = fate === NOT_KNOWN ? 0 : 1;
      let high = 1;
      for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++) {
        const of = ofNeed(need, ends);
        low = Math.min(low, of.low);
        high = Math.min(high, of.high);
      }
      ends.low[item] = low;
      ends.high[item] = high;
    }
    return ends;
  }

  /** Options of unknown share have the rest together: for the low end the worst take as much as they could, for the high end the best. */
  #nowOf(need: number, ends: Ends): Interval {
    const { optionsFrom, targets, shares, rest } = this.#graph;
    const of = { low: 0, high: 0 };
    for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
      if (Number.isNaN(shares[o])) continue;
      of.low += shares[o]! * ends.low[targets[o]!]!;
      of.high += shares[o]! * ends.high[targets[o]!]!;
    }
    if (rest[need] === 0) return of;
    const parts = this.#unshared(need, ends);
    of.low += filled(parts, 'low', rest[need]!);
    of.high += filled(parts, 'high', rest[need]!);
    return of;
  }

  /**
   * An option could do at least its share, and all of the work if its limit is unknown. Options of unknown share and unknown limit
   * together do at least what the other options of unknown share cannot.
   */
  #couldOf(need: number, ends: Ends): Interval {
    const { optionsFrom, targets, shares, could, rest } = this.#graph;
    const of = { low: 0, high: 0 };
    for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
      if (Number.isNaN(shares[o])) continue;
      const isLimited = !Number.isNaN(could[o]);
      of.low += (isLimited ? could[o]! : shares[o]!) * ends.low[targets[o]!]!;
      of.high += (isLimited ? could[o]! : 1) * ends.high[targets[o]!]!;
    }
    let theirs = rest[need]!;
    let worst = 1;
    for (const { limit, low, high } of this.#unshared(need, ends)) {
      of.high += Math.min(1, limit) * high;
      if (limit === Infinity) worst = Math.min(worst, low);
      else {
        of.low += limit * low;
        theirs -= limit;
      }
    }
    of.low += Math.max(0, theirs) * worst;
    return { low: Math.min(1, of.low), high: Math.min(1, of.high) };
  }

  /** Options in use of unknown share, and an unnamed option if the need is open. */
  #unshared(need: number, { low, high }: Ends): Part[] {
    const { optionsFrom, targets, shares, could, open } = this.#graph;
    const parts: Part[] = [];
    for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
      if (!Number.isNaN(shares[o])) continue;
      const limit = Number.isNaN(could[o]) ? Infinity : could[o]!;
      parts.push({ limit, low: low[targets[o]!]!, high: high[targets[o]!]! });
    }
    if (open[need] === 1) parts.push({ limit: Infinity, low: this.#unnamed === GOES_ON ? 1 : 0, high: 1 });
    return parts;
  }
}

/** The result of giving `amount` to one part after another, up to its limit: the worst first for the low end, the best first for the high end. */
function filled(parts: readonly Part[], end: 'low' | 'high', amount: number): number {
  let sum = 0;
  for (const part of parts.toSorted((a, b) => (end === 'low' ? a.low - b.low : b.high - a.high))) {
    const taken = Math.min(part.limit, amount);
    sum += taken * part[end];
    amount -= taken;
  }
  return sum;
}

/** The mean: all can be at their worst together, and all at their best. */
export function meanOf(all: readonly Remaining[]): Remaining {
  const mean = (which: keyof Remaining) => {
    const end = (side: keyof Interval) => all.reduce((sum, one) => sum + one[which][side], 0) / all.length;
    return interval(end('low'), end('high'));
  };
  return { now: mean('now'), could: mean('could') };
}

/** An interval with its rounding errors removed. */
function interval(low: number, high: number): Interval {
  const snapped = (end: number) => (Math.abs(end - Math.round(end)) < NEAR ? Math.round(end) : end);
  const end = snapped(high);
  return { low: end - low < NEAR ? end : snapped(low), high: end };
}
