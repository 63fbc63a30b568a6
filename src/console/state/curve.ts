// A run's curve in the page: the thinned points of the API, and the live points after them. Draws nothing.

import type { Curve, RunPoints } from '../types.ts';

/** The measures of a curve that can be drawn. */
export const MEASURES = ['loss', 'validation', 'gradNorm', 'learningRate'] as const;
export type Measure = (typeof MEASURES)[number];

/** Appends live points to a curve. Skips points that it has: a new connection may send some twice. */
export function withPoints(curve: Curve, points: RunPoints): Curve {
  const after = curve.step.length > 0 ? curve.step[curve.step.length - 1] : Number.NEGATIVE_INFINITY;
  const fresh = points.step.findIndex((step) => step > after);
  const known =
    curve.validations.length > 0 ? curve.validations[curve.validations.length - 1].step : Number.NEGATIVE_INFINITY;
  const validations = points.validations.filter(({ step }) => step > known);
  if (fresh < 0 && validations.length === 0) return curve;
  const tail = <T>(list: T[]): T[] => (fresh < 0 ? [] : list.slice(fresh));
  const step = [...curve.step, ...tail(points.step)];
  return {
    ...curve,
    first: curve.step.length > 0 ? curve.first : (step[0] ?? curve.first),
    last: step[step.length - 1] ?? curve.last,
    step,
    loss: [...curve.loss, ...tail(points.loss)],
    gradNorm: [...curve.gradNorm, ...tail(points.gradNorm)],
    learningRate: [...curve.learningRate, ...tail(points.learningRate)],
    validations: [...curve.validations, ...validations],
  };
}

/** Whether the curve has so many live points that the API should thin it again. */
export const isLong = (curve: Curve, points: number): boolean => curve.step.length > 6 * points;

/** Steps and values of one measure. */
export function seriesOf(curve: Curve, measure: Measure): { step: number[]; value: (number | null)[] } {
  if (measure === 'validation')
    return {
      step: curve.validations.map(({ step }) => step),
      value: curve.validations.map(({ bitsPerByte }) => bitsPerByte),
    };
  return { step: curve.step, value: curve[measure] };
}

export interface KeyPoint {
  what: 'first' | 'lowest' | 'highest' | 'last' | 'between';
  step: number;
  value: number;
}

/** A few points that describe a curve in words, in order of steps. */
export function keyPoints({ step, value }: { step: number[]; value: (number | null)[] }): KeyPoint[] {
  const there = step.flatMap((at, i) => (value[i] === null ? [] : [{ step: at, value: value[i] as number }]));
  if (there.length === 0) return [];
  const found = new Map<number, KeyPoint>();
  for (let i = 1; i < 6; i++) {
    const point = there[Math.round((i * (there.length - 1)) / 6)];
    found.set(point.step, { what: 'between', ...point });
  }
  const best = (better: (a: number, b: number) => boolean) =>
    there.reduce((best, point) => (better(point.value, best.value) ? point : best));
  for (const [what, point] of [
    ['highest', best((a, b) => a > b)],
    ['lowest', best((a, b) => a < b)],
    ['first', there[0]],
    ['last', there[there.length - 1]],
  ] as const)
    found.set(point.step, { what, ...point });
  return [...found.values()].sort((a, b) => a.step - b.step);
}

/** A range of steps, shifted or scaled about its middle, within `whole`. */
export function zoomed(
  range: { from: number; to: number },
  whole: { first: number; last: number },
  by: { factor?: number; shift?: number },
): { from: number; to: number } {
  const width = Math.max(1, (range.to - range.from) * (by.factor ?? 1));
  const middle = (range.from + range.to) / 2 + (by.shift ?? 0) * (range.to - range.from);
  const length = Math.min(width, whole.last - whole.first);
  const from = Math.min(Math.max(middle - length / 2, whole.first), whole.last - length);
  return { from: Math.round(from), to: Math.round(from + length) };
}
