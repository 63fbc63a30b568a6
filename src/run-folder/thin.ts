// Thins long series for a picture: keeps the lowest and the highest point of each stretch of every series, so that no spike is lost.

/**
 * Indices to keep of those from `from` to `to`, both included, ascending: all where there are at most `most`, else the first, the
 * last, and of each stretch of `every` the first lowest and the first highest of every series; a value that is no number stands
 * for the lowest. Stretches begin at multiples of `every`, so that they stay as they are while a series grows.
 */
export function thin(
  series: readonly Float64Array[],
  from: number,
  to: number,
  most: number,
): { every: number; kept: number[] } {
  const count = Math.max(0, to - from + 1);
  if (count <= most) return { every: 1, kept: Array.from({ length: count }, (_, i) => from + i) };
  // One stretch more than fit may be begun at the ends.
  const every = Math.ceil(count / Math.max(1, Math.floor((most - 2) / (2 * series.length)) - 1));
  const kept = [from];
  for (let start = from; start <= to; ) {
    const end = Math.min(to + 1, (Math.floor(start / every) + 1) * every);
    const found = series.flatMap((values) => extremes(values, start, end)).sort((a, b) => a - b);
    for (const i of found) if (i > kept.at(-1)!) kept.push(i);
    start = end;
  }
  if (to > kept.at(-1)!) kept.push(to);
  return { every, kept };
}

/** Where the first lowest and the first highest value from `start` to before `end` stand; one that is no number is the lowest. */
export function extremes(values: Float64Array, start: number, end: number): [number, number] {
  let low = start;
  let high = start;
  let strange = -1;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    const x = values[i]!;
    if (x < least) {
      least = x;
      low = i;
    }
    if (x > greatest) {
      greatest = x;
      high = i;
    }
    if (Number.isNaN(x) && strange < 0) strange = i;
  }
  return [strange < 0 ? low : strange, high];
}
