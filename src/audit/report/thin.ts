// Thins a long curve: of all points in one column of the picture only the lowest and the highest stay, so that no spike is lost. Knows
// numbers only, and draws nothing.

import { extremes } from '../../run-folder/index.ts';
import type { CurvePoint } from '../types.ts';

/** Records with a larger loss or step are not drawn. */
const MAX_LOSS = 1e9;
const MAX_STEP = Number.MAX_SAFE_INTEGER;

export type Class = 'holds' | 'refuted' | null;

export interface Line {
  /** Connected pieces, each a list of points in order of steps. */
  pieces: CurvePoint[][];
}

export interface Thinned {
  all: Line;
  holds: Line;
  refuted: Line;
  drawn: number;
  /** Number of records that cannot be drawn. */
  skipped: number;
  first: CurvePoint | null;
  last: CurvePoint | null;
  lowest: number;
  highest: number;
}

/** A point, its column, and whether a gap lies before it. */
interface Placed {
  point: CurvePoint;
  column: number;
  isAfterGap: boolean;
}

/** The lowest and the highest point of each column; pieces end at gaps. */
function lineOf(placed: readonly Placed[]): Line {
  const loss = Float64Array.from(placed, ({ point }) => point.loss);
  const pieces: CurvePoint[][] = [];
  for (let start = 0; start < placed.length; ) {
    const { column, isAfterGap } = placed[start];
    let end = start + 1;
    while (end < placed.length && placed[end].column === column) end++;
    if (start === 0 || isAfterGap) pieces.push([]);
    const [low, high] = extremes(loss, start, end).map((i) => placed[i].point);
    const kept = low === high ? [low] : low.step <= high.step ? [low, high] : [high, low];
    pieces[pieces.length - 1].push(...kept);
    start = end;
  }
  return { pieces };
}

/** Thins a curve to `columns` columns of a picture that shows the steps 0 to `steps`; `classOf` gives the class of a step. */
export function thin(
  points: readonly CurvePoint[],
  columns: number,
  steps: number,
  classOf: (step: number) => Class,
): Thinned {
  const good = points.filter(
    ({ step, loss }) => step >= 0 && step <= MAX_STEP && loss >= -MAX_LOSS && loss <= MAX_LOSS,
  );
  if (good.some(({ step }, i) => i > 0 && step < good[i - 1].step)) good.sort((a, b) => a.step - b.step);
  const columnOf = (step: number) => Math.min(columns - 1, Math.floor((step / Math.max(1, steps)) * columns));
  const classes = good.map(({ step }) => classOf(step));
  const line = (of: Class | 'all'): Line => {
    const placed: Placed[] = [];
    good.forEach((point, i) => {
      if (of !== 'all' && classes[i] !== of) return;
      const isAfterGap = of !== 'all' && i > 0 && classes[i - 1] !== of;
      placed.push({ point, column: columnOf(point.step), isAfterGap });
    });
    return lineOf(placed);
  };
  const losses = good.map(({ loss }) => loss);
  const reduced = (pick: (a: number, b: number) => number): number => (losses.length ? losses.reduce(pick) : 0);
  return {
    all: line('all'),
    holds: line('holds'),
    refuted: line('refuted'),
    drawn: good.length,
    skipped: points.length - good.length,
    first: good[0] ?? null,
    last: good[good.length - 1] ?? null,
    lowest: reduced((a, b) => Math.min(a, b)),
    highest: reduced((a, b) => Math.max(a, b)),
  };
}

/** The last step that a picture must show; at least 1. */
export const lastStep = (
  planned: number | null,
  points: readonly CurvePoint[],
  segmentEnds: readonly number[],
): number =>
  [planned ?? 1, ...points.map(({ step }) => step), ...segmentEnds]
    .filter((step) => step <= MAX_STEP)
    .reduce((a, b) => Math.max(a, b), 1);

/** About `wanted` round numbers from `low` to `high`, and the distance between them: about `minStep` or more. */
export function ticks(low: number, high: number, wanted: number, minStep = 0): { values: number[]; step: number } {
  const raw = Math.max((high - low) / Math.max(1, wanted), minStep, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((unit) => unit * power).find((unit) => unit >= raw * 0.999) ?? 10 * power;
  const values: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); values.length < 50 && i * step <= high * (1 + 1e-12) + 1e-12; i++)
    values.push(i * step + 0); // never -0
  return { values, step };
}
