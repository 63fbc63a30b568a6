// How far a planned step may be from a measured one: the interval of 90 %, from the errors of rows that were left out of a fit together with
// their model and their chip (scripts/fit-planner.ts prints these numbers). Knows no row.

import type { StepTime } from './step-time.ts';

export interface Interval {
  low: number;
  high: number;
}

/**
 * 90th percentile of the absolute logarithm of planned over measured: of dense models; of mixtures of experts, over the share of the step
 * that experts, their exchange and waiting for them take (at least as wide as a dense model); of those under early software.
 */
const WIDTHS = { dense: 0.173, experts: 0.493, early: 0.44 };

export type Kind = 'dense' | 'experts' | 'early';

/** Of the work that takes `time`, how much is done meanwhile where it takes `other`: both may be anywhere in their intervals. */
export const doneMeanwhile = (time: Interval, other: Interval): Interval => ({
  low: time.low / other.high,
  high: time.high / other.low,
});

/** The share of a step that is least certain. */
export function expertShare({ experts, expertExchange, launch, total }: StepTime): number {
  return (experts + expertExchange + launch) / total;
}

/** Half the width of the interval, as a logarithm. */
export function halfWidth(time: StepTime, kind: Kind): number {
  return kind === 'experts' ? Math.max(WIDTHS.dense, WIDTHS.experts * expertShare(time)) : WIDTHS[kind];
}

export function intervalAround(value: number, half: number): Interval {
  return { low: value * Math.exp(-half), high: value * Math.exp(half) };
}
