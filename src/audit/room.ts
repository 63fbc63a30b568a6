// Room: the part of the weights' way that a forger can have forged if he wants to stay unseen with a given chance. Pure arithmetic over
// the movements between kept states. docs/proof.md, "Room".

import { prefixLength } from '../base/index.ts';
import { chanceOfDetection } from './chance.ts';

/** Chances of staying unseen for which a report states the room. */
export const UNSEEN = [1 / 2, 1 / 20] as const;

/** How far a group of tensors moved, as L2 lengths. */
export interface GroupMovement {
  /** `all`, or the name of a group of weights. */
  group: string;
  /** Movement in each segment; NaN if a state was missing. */
  segments: readonly number[];
  /** Distance from S_0 to the last state; NaN if one was missing. */
  distance: number;
}

export interface Room {
  /** The least chance of staying unseen that the forger accepts. */
  unseen: number;
  /** The most segments that he can have forged. */
  forged: number;
  groups: {
    group: string;
    /** Sum of the `forged` largest movements of segments that were not trained again, over the sum of all movements: 0 to 1. */
    ofWay: number;
    /** The same sum over the distance from S_0 to the last state; it can be above 1, since the way is not straight. */
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

/** The most of `open` segments that can be forged so that the chance that no draw contains one is at least `unseen`. */
export const maxForged = (draws: readonly Draw[], open: number, unseen: number): number =>
  prefixLength(open, (i) => unseenChance(draws, i + 1) >= unseen);

/**
 * The room for each chance in `UNSEEN`: the most segments that can be forged, and the largest share of the way that they can hold.
 * `open` has the indices of the segments that were not trained again; all others came out the same and cannot be forged. Undefined if
 * a movement is unknown.
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
        const sum = largest.slice(0, forged).reduce((sum, one) => sum + one, 0);
        const way = segments.reduce((sum, one) => sum + one, 0);
        return { group, ofWay: share(sum, way), ofDistance: share(sum, distance) };
      }),
    };
  });
}

/** The share of the way of all tensors for an even chance of staying unseen; null if the room is unknown. */
export const evenRoom = (room: readonly Room[] | null): number | null =>
  room?.[0]?.groups.find(({ group }) => group === 'all')?.ofWay ?? null;

/** Whether a group's movements are known in every segment and from end to end. */
export const isKnown = ({ segments, distance }: GroupMovement): boolean =>
  Number.isFinite(distance) && segments.every(Number.isFinite);

const share = (part: number, whole: number): number => (part === 0 ? 0 : part / whole);
