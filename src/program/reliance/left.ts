// How much of the present work is left once some components have fallen, now and at most. What is not known gives a range; where its
// ends differ, the answer is that it is not known. Knows nothing of who fell.

import { STOPS } from './falls.ts';
import type { Graph } from './graph.ts';

/** Of each item: the least and the most it may be, 0 to 1. */
export interface Range {
  least: Float64Array;
  most: Float64Array;
}

/**
 * Of a thing as much is left as of the need of which least is left; of a need, the sum over its options. `state` as fates.ts gives it.
 * What meets a need without being known goes on as far as known: it is left.
 * `now`: by present shares. `could`: when each option takes over as much as it could.
 */
export function left(graph: Graph, state: Uint8Array): { now: Range; could: Range } {
  return { now: walk(graph, state, nowOf), could: walk(graph, state, couldOf) };
}

type Ends = [least: number, most: number];

function walk(
  graph: Graph,
  state: Uint8Array,
  ofNeed: (graph: Graph, range: Range, need: number, ends: Ends) => void,
): Range {
  const { items, needsFrom } = graph;
  const range = { least: new Float64Array(items), most: new Float64Array(items) };
  const ends: Ends = [0, 0];
  for (let item = 0; item < items; item++) {
    if (state[item] === STOPS) continue;
    let least = 1;
    let most = 1;
    for (let need = needsFrom[item]!; need < needsFrom[item + 1]!; need++) {
      ofNeed(graph, range, need, ends);
      if (ends[0] < least) least = ends[0];
      if (ends[1] < most) most = ends[1];
    }
    range.least[item] = least;
    range.most[item] = most;
  }
  return range;
}

/** Those of unknown share have the rest together: all of it may be the worst one's, or the best one's. */
function nowOf(
  { optionsFrom, targets, shares, rest, open }: Graph,
  { least, most }: Range,
  need: number,
  ends: Ends,
): void {
  let worst = 1;
  let best = open[need]!;
  ends[0] = ends[1] = 0;
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const share = shares[o]!;
    const [low, high] = [least[targets[o]!]!, most[targets[o]!]!];
    if (share >= 0) {
      ends[0] += share * low;
      ends[1] += share * high;
    } else {
      worst = Math.min(worst, low);
      best = Math.max(best, high);
    }
  }
  ends[0] += rest[need]! * worst;
  ends[1] += rest[need]! * best;
}

/**
 * An option could do at least what it does now, and all of it where nobody knows its limit. Those of unknown share and unknown limit do
 * together at least what the others of unknown share cannot.
 */
function couldOf(
  { optionsFrom, targets, shares, could, rest, open }: Graph,
  { least, most }: Range,
  need: number,
  ends: Ends,
): void {
  let worst = 1;
  let theirs = rest[need]!;
  let limited = true;
  // What is not known goes on as far as known, and its limit is not known either.
  ends[0] = open[need]! * rest[need]!;
  ends[1] = open[need]!;
  for (let o = optionsFrom[need]!; o < optionsFrom[need + 1]!; o++) {
    const share = shares[o]!;
    const limit = could[o]!;
    const [low, high] = [least[targets[o]!]!, most[targets[o]!]!];
    if (limit >= 0) {
      ends[0] += limit * low;
      ends[1] += limit * high;
      if (!(share >= 0)) theirs -= limit;
    } else {
      ends[1] += high;
      if (share >= 0) ends[0] += share * low;
      else {
        worst = Math.min(worst, low);
        limited = false;
      }
    }
  }
  if (!limited && theirs > 0) ends[0] += theirs * worst;
  if (ends[0] > 1) ends[0] = 1;
  if (ends[1] > 1) ends[1] = 1;
}
