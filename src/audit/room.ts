// Room: how much of the weights' way a forger can have forged who wants to stay unseen with a given chance. Pure arithmetic over the
// movements between kept states. docs/proof.md, "Room".

import { prefixLength } from '../base/index.ts';
import { chanceOfDetection } from './chance.ts';

/** Chances of staying unseen that a report states the room for. */
export const UNSEEN = [1 / 2, 1 / 20] as const;

/** How far a group of tensors moved. Lengths are L2. */
export interface GroupMovement {
  /** `all`, or what its tensors are. */
  group: string;
  /** By segment; NaN where a state was not there. */
  segments: readonly number[];
  /** Straight from S_0 to the last state; NaN where one was not there. */
  distance: number;
}

export interface Room {
  /** The chance of staying unseen that the forger wants at least. */
  unseen: number;
  /** The largest number of segments that he can have forged. */
  forged: number;
  groups: {
    group: string;
    /** The largest movements of so many segments that were not trained again, over the movements of all: 0 to 1. */
    ofWay: number;
    /** The same over the straight distance from S_0 to the last state: above 1 where the way was not straight. */
    ofDistance: number;
  }[];
}

/** Independent draws, each of `drawn` among `candidates`. */
export interface Draw {
  candidates: number;
  drawn: number;
}

/** Chance that none of `forged` segments is in any of the draws. */
export const unseenChance = (draws: readonly Draw[], forged: number): number =>
  draws.reduce((chance, { candidates, drawn }) => chance * (1 - chanceOfDetection(candidates, forged, drawn)), 1);

/** The most segments of `open` that can be forged with a chance of at least `unseen` to be in none of the draws. */
export const maxForged = (draws: readonly Draw[], open: number, unseen: number): number =>
  prefixLength(open, (i) => unseenChance(draws, i + 1) >= unseen);

/**
 * The room that is left: for each chance in `UNSEEN` the most segments that can be forged, and what their movement comes to at
 * most. `open` are the segments that nobody trained again: no other can be forged where the rest came out the same. Undefined
 * where a movement is not known.
 */
export function roomOf(
  movements: readonly GroupMovement[],
  open: readonly number[],
  draws: readonly Draw[],
): Room[] | undefined {
  const known = movements.every(isKnown);
  if (!known || movements.length === 0) return undefined;
  return UNSEEN.map((unseen) => {
    const forged = maxForged(draws, open.length, unseen);
    return {
      unseen,
      forged,
      groups: movements.map(({ group, segments, distance }) => {
        const largest = open.map((index) => segments[index]!).sort((a, b) => b - a);
        const planted = largest.slice(0, forged).reduce((sum, one) => sum + one, 0);
        const way = segments.reduce((sum, one) => sum + one, 0);
        return { group, ofWay: share(planted, way), ofDistance: share(planted, distance) };
      }),
    };
  });
}

/** The share of the way of all tensors for an even chance of staying unseen; null where no room is known. */
export const evenRoom = (room: readonly Room[] | null): number | null =>
  room?.[0]?.groups.find(({ group }) => group === 'all')?.ofWay ?? null;

/** Whether a group's movements are known in every segment and from end to end. */
export const isKnown = ({ segments, distance }: GroupMovement): boolean =>
  Number.isFinite(distance) && segments.every(Number.isFinite);

const share = (part: number, whole: number): number => (part === 0 ? 0 : part / whole);
