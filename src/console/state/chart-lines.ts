// Lines of a chart: what they hold, the value of each at a place, and all over one list of places. Draws nothing.

/** Colours of lines, `--dye-1` and on, and dashes. Their numbers have no common divisor: each of 40 lines has a pair of its own. */
export const DYES = 5;
const DASHES: readonly (readonly number[])[] = [
  [],
  [9, 4],
  [2, 3],
  [9, 3, 2, 3],
  [16, 4],
  [5, 3],
  [14, 3, 2, 3, 2, 3],
  [2, 7],
];

/** How a line is told from others. `front` and `soft` are those of one run among others. */
export type Look = 'front' | 'soft' | { dye: number; dash: readonly number[]; faint?: boolean };

export interface Line {
  /** Ascending. */
  x: readonly number[];
  /** Null: a gap. */
  value: readonly (number | null)[];
  look: Look;
}

/** The look of the line at an index: no two of the first 40 are alike, and neighbours differ in dash too. */
export const lookOf = (index: number): { dye: number; dash: readonly number[] } => ({
  dye: 1 + (index % DYES),
  dash: DASHES[index % DASHES.length],
});

/** The index of the place that is nearest, the earlier of two; undefined before the first and after the last place. */
export function nearestIndex(x: readonly number[], at: number): number | undefined {
  if (x.length === 0 || !(at >= x[0] && at <= x[x.length - 1])) return undefined;
  let low = 0;
  let high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  return x[high] - at < at - x[low] ? high : low;
}

/** Only what a logarithmic scale can show. */
export function loggable<T extends Pick<Line, 'x' | 'value'>>(line: T, logX: boolean, logY: boolean): T {
  const kept = logX ? line.x.flatMap((x, i) => (x > 0 ? [i] : [])) : undefined;
  const x = kept ? kept.map((i) => line.x[i]) : line.x;
  const value = kept ? kept.map((i) => line.value[i]) : line.value;
  return { ...line, x, value: logY ? value.map((one) => (one !== null && one > 0 ? one : null)) : value };
}
