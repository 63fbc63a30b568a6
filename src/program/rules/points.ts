// From a measured value to a share of a part's points, and rounding. Knows no team.

import { METRICS } from '../../formats/index.ts';
import type { ScoredTask } from './schema.ts';
import type { Source } from './types.ts';

const between0And1 = (share: number): number => Math.min(1, Math.max(0, share));

/** 0 at the floor, 1 at the ceiling, linear between them, and no less and no more. The floor may be the larger one. */
export const linearShare = (value: number, floor: number, ceiling: number): number =>
  between0And1((value - floor) / (ceiling - floor));

/**
 * The share of its points that a task's value earns. `best` is the best reference model's score (targetOf), for tasks on the
 * scale `best-reference`: value / best, or best / value where less is better, at most 1.
 */
export function taskShare({ scale, metric }: ScoredTask, value: number, best?: number): number {
  if (scale !== 'best-reference') return linearShare(value, scale.floor, scale.ceiling);
  if (best === undefined) throw new Error('this scale needs the best score of the reference models');
  if (METRICS[metric].higher) return between0And1(value / best);
  return value > 0 ? between0And1(best / value) : 1;
}

/** The points of an expert's mark over experts: mean, or mean without the `trim` highest and lowest. */
export function averageOf({ trim }: Extract<Source, { kind: 'forms' }>, marks: readonly number[]): number {
  const kept = [...marks].sort((a, b) => a - b).slice(trim, marks.length - trim);
  return kept.reduce((sum, mark) => sum + mark, 0) / kept.length;
}

/**
 * Half up, on the digits that the number is shown with: 1.005 with two decimals is 1.01, though the nearest double lies below.
 * Halves of negative numbers go up too: -0.25 with one decimal is -0.2.
 */
export function roundHalfUp(value: number, decimals: number): number {
  const [digits, exponent = '0'] = String(value).split('e') as [string, string?];
  const shifted = Number(`${digits}e${Number(exponent) + decimals}`);
  if (!Number.isFinite(shifted)) return value;
  const whole = Math.round(shifted);
  const [wholeDigits, wholeExponent = '0'] = String(whole).split('e') as [string, string?];
  return Number(`${wholeDigits}e${Number(wholeExponent) - decimals}`) + 0;
}
