// Converts measured values to shares of points; averages and rounding. Knows no team.

import { METRICS } from '../../formats/index.ts';
import type { ScoredTask } from './schema.ts';
import type { Source } from './types.ts';

const between0And1 = (share: number): number => Math.min(1, Math.max(0, share));

/** 0 at the floor, 1 at the ceiling, linear between, clamped to 0 and 1. The floor may be above the ceiling. */
export const linearShare = (value: number, floor: number, ceiling: number): number =>
  between0And1((value - floor) / (ceiling - floor));

/**
 * The share of a task's points for a value. On the scale `best-reference`, with `best` the score of the best reference model (targetOf):
 * value / best, or best / value if less is better, at most 1.
 */
export function taskShare({ scale, metric }: ScoredTask, value: number, best?: number): number {
  if (scale !== 'best-reference') return linearShare(value, scale.floor, scale.ceiling);
  if (best === undefined) throw new Error('this scale needs the best score of the reference models');
  if (METRICS[metric].higher) return between0And1(value / best);
  return value > 0 ? between0And1(best / value) : 1;
}

/** The mean of the experts' marks without the `trim` highest and lowest. */
export function averageOf({ trim }: Extract<Source, { kind: 'forms' }>, marks: readonly number[]): number {
  const kept = [...marks].sort((a, b) => a - b).slice(trim, marks.length - trim);
  return kept.reduce((sum, mark) => sum + mark, 0) / kept.length;
}

/**
 * Rounds half up, by the decimal digits of the number: 1.005 with two decimals is 1.01, although the nearest double is below it.
 * Negative halves go up too: -0.25 with one decimal is -0.2.
 */
export function roundHalfUp(value: number, decimals: number): number {
  const [digits, exponent = '0'] = String(value).split('e') as [string, string?];
  const shifted = Number(`${digits}e${Number(exponent) + decimals}`);
  if (!Number.isFinite(shifted)) return value;
  const whole = Math.round(shifted);
  const [wholeDigits, wholeExponent = '0'] = String(whole).split('e') as [string, string?];
  return Number(`${wholeDigits}e${Number(wholeExponent) - decimals}`) + 0;
}
