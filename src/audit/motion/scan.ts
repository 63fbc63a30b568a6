// One pass over the elements of a tensor in two states: finds elements that break a limit, and adds up the sums that motion needs.
// The check spends most of its time here, so this is one plain loop over typed arrays.

import type { Bound, MomentLimits } from './adamw.ts';

/** A part of a tensor's weights (w) and moments (m, v) in two states: 0 at the segment's start, 1 at its end. */
export interface Piece {
  w0: Float32Array;
  w1: Float32Array;
  m0: Float32Array;
  m1: Float32Array;
  v0: Float32Array;
  v1: Float32Array;
}

/** Elements of one tensor that break one rule. */
export interface Breach {
  count: number;
  /** Index and value of the first such element, and the limit that it breaks. */
  element: number;
  value: number;
  limit: number;
}

export interface Tally {
  /** Sums of squares of the movement and of the start's weights, in binary64. */
  moved: number;
  squares: number;
  /** Sum of movement times heading, and of the squares of the heading: the last first moment over the root of the second. */
  along: number;
  headings: number;
  /** Sums of the second moments. */
  second0: number;
  second1: number;
  /** Sum of the absolute values of both moments in the first state. */
  moments0: number;
  bound: Breach | undefined;
  first: Breach | undefined;
  second: Breach | undefined;
}

export const newTally = (): Tally => ({
  moved: 0,
  squares: 0,
  along: 0,
  headings: 0,
  second0: 0,
  second1: 0,
  moments0: 0,
  bound: undefined,
  first: undefined,
  second: undefined,
});

type Rule = 'bound' | 'first' | 'second';

function countBreach(tally: Tally, rule: Rule, first: Omit<Breach, 'count'>): void {
  const found = tally[rule];
  if (found) found.count++;
  else tally[rule] = { count: 1, ...first };
}

/** The limits, and the range: the first `count` elements of the piece, which begins at element `at` of the tensor. */
export interface ScanRange {
  count: number;
  at: number;
  bound: Bound;
  limits: MomentLimits;
}

/** Adds elements of a piece to `tally`. */
export function scan(piece: Piece, { count, at, bound, limits }: ScanRange, tally: Tally): void {
  const { w0, w1, m0, m1, v0, v1 } = piece;
  const { alpha, beta } = bound;
  const { kept, loose, lost, keptSecond, lostSecond, factor } = limits;
  let { moved, squares, along, headings, second0, second1, moments0 } = tally;
  for (let i = 0; i < count; i++) {
    const w = w0[i]!;
    const d = w1[i]! - w;
    moved += d * d;
    squares += w * w;
    // Written so that NaN breaks every limit.
    const reach = alpha + beta * Math.abs(w);
    if (!(Math.abs(d) <= reach)) countBreach(tally, 'bound', { element: at + i, value: d, limit: reach });
    const before = v0[i]!;
    const after = v1[i]!;
    if (after > 0) {
      const heading = m1[i]! / Math.sqrt(after);
      along += d * heading;
      headings += heading * heading;
    }
    second0 += before;
    second1 += after;
    const m = m0[i]!;
    moments0 += Math.abs(m) + Math.abs(before);
    const e = after - keptSecond * before + lostSecond;
    if (!(e >= 0 && after >= 0)) {
      countBreach(tally, 'second', { element: at + i, value: after, limit: keptSecond * before });
      continue;
    }
    const limit = factor * Math.sqrt(e) + loose * Math.abs(m) + lost;
    const change = m1[i]! - kept * m;
    if (!(Math.abs(change) <= limit)) countBreach(tally, 'first', { element: at + i, value: change, limit });
  }
  tally.moved = moved;
  tally.squares = squares;
  tally.along = along;
  tally.headings = headings;
  tally.second0 = second0;
  tally.second1 = second1;
  tally.moments0 = moments0;
}
