// Thins long series for a picture: keeps the lowest and the highest point of each stretch, so that no spike is lost. Knows no files.

/**
 * The indices to keep of `from` to `to`, both included, ascending. At most `maxCount` are all kept. Otherwise it keeps the first, the last,
 * and the first lowest and the first highest value of every series in each stretch of `every` indices; NaN counts as the lowest value.
 * Stretches begin at multiples of `every`, so that they stay the same while a series grows.
 */
export function thin(
  series: readonly Float64Array[],
  from: number,
  to: number,
  maxCount: number,
): { every: number; kept: number[] } {
  const count = Math.max(0, to - from + 1);
  if (count <= maxCount) return { every: 1, kept: Array.from({ length: count }, (_, i) => from + i) };
  // The first and the last stretch can be incomplete: one more than fits.
  const every = Math.ceil(count / Math.max(1, Math.floor((maxCount - 2) / (2 * series.length)) - 1));
  const kept = [from];
  for (let start = from; start <= to; ) {
    const end = Math.min(to + 1, (Math.floor(start / every) + 1) * every);
    const extremeIndices = series.flatMap((values) => extremes(values, start, end)).sort((a, b) => a - b);
    for (const i of extremeIndices) if (i > kept.at(-1)!) kept.push(i);
    start = end;
  }
  if (to > kept.at(-1)!) kept.push(to);
  return { every, kept };
}

/** Indices of the first lowest and the first highest value from `start` to before `end`; NaN counts as the lowest. */
export function extremes(values: Float64Array, start: number, end: number): [number, number] {
  let low = start;
  let high = start;
  let firstNaN = -1;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    const x = values[i]!;
    if (x < lowest) {
      lowest = x;
      low = i;
    }
    if (x > highest) {
      highest = x;
      high = i;
    }
    if (Number.isNaN(x) && firstNaN < 0) firstNaN = i;
  }
  return [firstNaN < 0 ? low : firstNaN, high];
}
