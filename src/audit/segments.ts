// Segments, and which of them are replayed. docs/proof.md, "Which segments, and the chance". Reads nothing.

import { createHash } from 'node:crypto';
import type { Replayed, Segment } from './types.ts';

/** From one kept state to the next; the first starts at S_0. `kept` ascending. */
export const segmentsOf = (kept: readonly number[]): Segment[] =>
  kept.map((to, index) => ({ index, from: index === 0 ? 0 : kept[index - 1]!, to }));

/** How many of the strangest are replayed beside the first. */
export const strangeCount = (segments: number): number => Math.min(segments >= 50 ? 3 : 1, Math.max(0, segments - 1));

/** How many random ones, unless somebody asks for another number. */
export function randomCount(segments: number): number {
  const s = strangeCount(segments);
  return Math.min(Math.max(0, segments - 1 - s), Math.max(1, Math.floor(segments / 10) - 1 - s));
}

/**
 * Draws `count` of the candidates (ascending): draw i takes, and removes, number SHA-256(challenge || seal || i) mod those
 * left. `challenge` and `seal` (the seal's digest) in hex; i as 4 bytes, big-endian, and the digest's first 8 likewise.
 */
export function draw(candidates: readonly number[], count: number, challenge: string, seal: string): number[] {
  const left = [...candidates];
  const drawn: number[] = [];
  for (let i = 0; i < count && left.length > 0; i++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(i);
    const digest = createHash('sha256').update(Buffer.from(challenge, 'hex')).update(Buffer.from(seal, 'hex'));
    const value = digest.update(number).digest().readBigUInt64BE();
    drawn.push(...left.splice(Number(value % BigInt(left.length)), 1));
  }
  return drawn;
}

export interface Choice {
  /** Ascending. */
  chosen: { segment: Segment; why: Replayed['why'] }[];
  /** Segments that could be drawn, and how many were. */
  candidates: number;
  drawn: number;
}

/**
 * The first segment, the strangest others, random ones, and all the rest where `replay` is `all`. `strangeness` by segment,
 * higher is stranger; of equals the earlier one. `seal` undefined: nothing can be drawn.
 */
export function chooseSegments(
  segments: readonly Segment[],
  strangeness: readonly number[],
  replay: number | 'all' | undefined,
  challenge: string,
  seal: string | undefined,
): Choice {
  const why = new Map<number, Replayed['why']>();
  if (segments.length > 0) why.set(0, 'first');
  const of = (i: number): number => {
    const value = strangeness[i] ?? Number.NaN;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value; // not measured
  };
  const ranked = segments.slice(1).map((s) => s.index);
  ranked.sort((a, b) => of(b) - of(a) || a - b);
  for (const index of ranked.slice(0, strangeCount(segments.length))) why.set(index, 'strange');
  const candidates = segments.map((s) => s.index).filter((index) => !why.has(index));
  const count = replay === 'all' ? randomCount(segments.length) : (replay ?? randomCount(segments.length));
  const drawn = seal === undefined ? [] : draw(candidates, count, challenge, seal);
  for (const index of drawn) why.set(index, 'random');
  if (replay === 'all') for (const index of candidates) if (!why.has(index)) why.set(index, 'asked');
  return {
    chosen: [...why].sort(([a], [b]) => a - b).map(([index, reason]) => ({ segment: segments[index]!, why: reason })),
    candidates: candidates.length,
    drawn: replay === 'all' ? candidates.length : drawn.length,
  };
}
