// Smooths a series as TensorBoard does: the exponential moving average, divided by the sum of its weights, so that the first values are not
// pulled towards zero. Knows no files.

/**
 * For each value: m[i] = weight · m[i-1] + (1 - weight) · x[i], begun with 0, divided by 1 - weight^(number of values so far). A value that is
 * not finite gives NaN in its place, and counts for nothing after it.
 * @param weight from 0 (the values themselves) to below 1
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let mean = 0;
  let rest = 1;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (!Number.isFinite(x)) {
      smoothed[i] = Number.NaN;
      continue;
    }
    mean = weight * mean + (1 - weight) * x;
    rest *= weight;
    smoothed[i] = mean / (1 - rest);
  }
  return smoothed;
}
