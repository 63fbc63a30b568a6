// A long curve made short: of all points that fall on one column of the picture only the lowest and the highest stay, so
// that no spike is lost. Numbers only; one pass, whatever the length.

import { extremes } from '../../run-folder/index.ts';
import type { CurvePoint } from '../types.ts';

/** Beyond this a loss is no loss, and a step no step. */
const MAX_LOSS = 1e9;
const MAX_STEP = Number.MAX_SAFE_INTEGER;

export type Class = 'holds' | 'refuted' | null;

export interface Line {
  /** Pieces that hang together, each a list of points in order of steps. */
  pieces: CurvePoint[][];
}

export interface Thinned {
  all: Line;
  holds: Line;
  refuted: Line;
  drawn: number;
  /** Records that hold no number that can be drawn. */
  left: number;
  first: CurvePoint | null;
  last: CurvePoint | null;
  lowest: number;
  highest: number;
}

/** A point, the column it falls on, and whether it hangs together with the one before it. */
interface Placed {
  point: CurvePoint;
  column: number;
  apart: boolean;
}

/** Of all points that fall on one column the lowest and the highest; pieces end where columns do not hang together. */
function lineOf(placed: readonly Placed[]): Line {
  const loss = Float64Array.from(placed, ({ point }) => point.loss);
  const pieces: CurvePoint[][] = [];
  for (let start = 0; start < placed.length; ) {
    const { column, apart } = placed[start];
    let end = start + 1;
    while (end < placed.length && placed[end].column === column) end++;
    if (start === 0 || apart) pieces.push([]);
    const [low, high] = extremes(loss, start, end).map((i) => placed[i].point);
    const ends = low === high ? [low] : low.step <= high.step ? [low, high] : [high, low];
    pieces[pieces.length - 1].push(...ends);
    start = end;
  }
  return { pieces };
}

/** `columns` is the picture's width; steps lie between 0 and `steps`. */
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
      const apart = of !== 'all' && i > 0 && classes[i - 1] !== of;
      placed.push({ point, column: columnOf(point.step), apart });
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
    left: points.length - good.length,
    first: good[0] ?? null,
    last: good[good.length - 1] ?? null,
    lowest: reduced((a, b) => Math.min(a, b)),
    highest: reduced((a, b) => Math.max(a, b)),
  };
}

/** The largest step that a picture must reach; at least 1. */
export const lastStep = (planned: number | null, points: readonly CurvePoint[], ends: readonly number[]): number =>
  [planned ?? 1, ...points.map(({ step }) => step), ...ends]
    .filter((step) => step <= MAX_STEP)
    .reduce((most, step) => Math.max(most, step), 1);

/** About `wanted` round numbers from `low` to `high`, and the distance between them. */
export function ticks(low: number, high: number, wanted: number, least = 0): { values: number[]; step: number } {
  const raw = Math.max((high - low) / Math.max(1, wanted), least, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((unit) => unit * power).find((unit) => unit >= raw * 0.999) ?? 10 * power;
  const values: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); values.length < 50 && i * step <= high * (1 + 1e-12) + 1e-12; i++)
    values.push(i * step + 0); // never -0
  return { values, step };
}
