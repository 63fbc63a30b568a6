// The segments of a run, and the choice of those that are trained again. docs/proof.md, "Which segments, and the chance". Reads no files.

import { createHash } from 'node:crypto';
import { JikjiError } from '../base/index.ts';
import type { ReplayedSegment, Segment } from './types.ts';

/** The last segments hold at least one step in 50: 2%. */
const LAST_OF = 50;
/** One random segment is drawn for every 20 segments. */
const DRAWN_OF = 20;
const MIN_DRAWN = 2;
/** In a run of at least this many segments, each ranking names two. */
const MIN_SEGMENTS_FOR_TWO = 100;

/** From one kept state to the next; the first starts at S_0. `kept` ascending. */
export const segmentsOf = (kept: readonly number[]): Segment[] =>
  kept.map((to, index) => ({ index, from: index === 0 ? 0 : kept[index - 1]!, to }));

/**
 * How many final segments are always trained again: the fewest that hold at least 2% of the steps and as many steps as the
 * longest segment. So a last segment of one step cannot hide a forgery in the segment before it.
 */
export function lastCount(segments: readonly Segment[]): number {
  const steps = segments.at(-1)?.to ?? 0;
  const longest = segments.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  for (let count = 1; count <= segments.length; count++) {
    const held = steps - segments[segments.length - count]!.from;
    if (held >= longest && held * LAST_OF >= steps) return count;
  }
  return segments.length;
}

/** Indices of the segments that can be drawn: those that are neither the first nor among the last. */
export const candidatesOf = (segments: readonly Segment[]): number[] =>
  segments.slice(1, Math.max(1, segments.length - lastCount(segments))).map(({ index }) => index);

/** Default number of segments drawn at random. */
export const randomCount = (segments: number, candidates: number): number =>
  Math.min(candidates, Math.max(MIN_DRAWN, Math.ceil(segments / DRAWN_OF)));

/**
 * Draws `count` of the candidates (ascending): draw i takes and removes candidate number n mod the number of remaining ones, where n is
 * the first 8 bytes of SHA-256(challenge || seal || i). `challenge` and `seal` (the seal's digest) are in hex; n, and i as 4 bytes, are
 * big-endian.
 */
export function draw(candidates: readonly number[], count: number, challenge: string, seal: string): number[] {
  const remaining = new RemainingIndices(candidates.length);
  const drawn: number[] = [];
  for (let i = 0; i < count && remaining.size > 0; i++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(i);
    const digest = createHash('sha256').update(Buffer.from(challenge, 'hex')).update(Buffer.from(seal, 'hex'));
    const value = digest.update(number).digest().readBigUInt64BE();
    drawn.push(candidates[remaining.take(Number(value % BigInt(remaining.size)))]!);
  }
  return drawn;
}

/** The indices from 0 to size - 1. The n-th remaining one can be taken in O(log size): a Fenwick tree. */
class RemainingIndices {
  size: number;
  readonly #counts: Int32Array;
  readonly #top: number;

  constructor(size: number) {
    this.size = size;
    this.#counts = new Int32Array(size + 1);
    for (let i = 1; i <= size; i++) this.#counts[i] = i & -i;
    this.#top = size > 0 ? 2 ** Math.floor(Math.log2(size)) : 0;
  }

  /** Takes the n-th (from 0) remaining index and returns it. */
  take(n: number): number {
    let place = 0;
    for (let step = this.#top, rest = n; step > 0; step >>= 1) {
      const next = place + step;
      if (next < this.#counts.length && this.#counts[next]! <= rest) {
        place = next;
        rest -= this.#counts[next]!;
      }
    }
    for (let i = place + 1; i < this.#counts.length; i += i & -i) this.#counts[i]!--;
    this.size--;
    return place;
  }
}

/** How strange each segment is by one measure: higher is stranger, NaN is not measured. */
export interface Ranking {
  name: 'speed' | 'heading' | 'probe';
  values: readonly number[];
}

/** The segments that the caller requests: a number of random ones, all, or a range (indices from 0, both included). */
export type SegmentRequest = number | 'all' | { from: number; to: number } | undefined;

export interface Choice {
  /** Ascending. */
  chosen: { segment: Segment; why: ReplayedSegment['why'] }[];
  /** Segments that are neither first nor last. */
  candidates: number;
  /** The candidates that the challenge drew, ascending. */
  drawn: number[];
}

/** Turns a range of segment numbers (from 1) into indices. @throws JikjiError `usage` where the run has no such segments */
export function checkRange(
  { from, to }: { from: number; to: number },
  count: number,
  run: string,
): { from: number; to: number } {
  // If no segment could be read, the findings say why.
  if (count > 0 && (from > to || to > count)) {
    throw new JikjiError(
      'usage',
      `this run has the segments 1 to ${count}`,
      `--segments ${from}-${to}`,
      `name a part of them: --segments 1-${count} is all of ${run}`,
    );
  }
  return { from: from - 1, to: to - 1 };
}

/**
 * Chooses the first and the last segments, those of the candidates that the challenge draws, and then the strangest of the rest by each
 * ranking. So a maker who influences a ranking does not change the draw. Without `seal` nothing is drawn. If a range is requested, only
 * its segments are chosen.
 */
export function chooseSegments(
  segments: readonly Segment[],
  rankings: readonly Ranking[],
  requested: SegmentRequest,
  { challenge, seal }: { challenge: string; seal: string | undefined },
): Choice {
  const candidates = candidatesOf(segments);
  const why = new Map<number, ReplayedSegment['why']>();
  let drawn: number[] = [];
  if (typeof requested === 'object') {
    for (const { index } of segments) if (index >= requested.from && index <= requested.to) why.set(index, 'asked');
  } else {
    if (segments.length > 0) why.set(0, 'first');
    for (const { index } of segments.slice(-lastCount(segments))) if (!why.has(index)) why.set(index, 'last');
    const count = typeof requested === 'number' ? requested : randomCount(segments.length, candidates.length);
    if (seal !== undefined) drawn = draw(candidates, count, challenge, seal).sort((a, b) => a - b);
    for (const index of drawn) why.set(index, 'random');
    const perRanking = segments.length >= MIN_SEGMENTS_FOR_TWO ? 2 : 1;
    for (const { name, values } of rankings) {
      // Segments that were not measured are not ranked.
      const rest = candidates.filter((index) => !why.has(index) && !Number.isNaN(values[index] ?? Number.NaN));
      rest.sort((a, b) => (values[a] === values[b] ? a - b : values[b]! - values[a]!));
      for (const index of rest.slice(0, perRanking)) why.set(index, name);
    }
    if (requested === 'all') for (const { index } of segments) if (!why.has(index)) why.set(index, 'asked');
  }
  const chosen = [...why].sort(([a], [b]) => a - b);
  return {
    chosen: chosen.map(([index, reason]) => ({ segment: segments[index]!, why: reason })),
    candidates: candidates.length,
    drawn,
  };
}
