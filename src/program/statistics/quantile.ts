// Quantiles of many numbers without sorting them.

/** Moves the k-th smallest value to index k, with no larger one before and no smaller one after it (Hoare's Find). */
function select(values: Float64Array, k: number): void {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    // The median of three as pivot, so that sorted input is not slower.
    const a = values[low];
    const b = values[(low + high) >> 1];
    const c = values[high];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const x = values[i];
        values[i++] = values[j];
        values[j--] = x;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

/** The `p`-quantile, linear between order statistics (type 7 of Hyndman and Fan 1996). Reorders `values`. */
export function quantile(values: Float64Array, p: number): number {
  const at = p * (values.length - 1);
  const k = Math.floor(at);
  select(values, k);
  if (at === k) return values[k];
  let next = Infinity;
  for (let i = k + 1; i < values.length; i++) if (values[i] < next) next = values[i];
  return values[k] + (at - k) * (next - values[k]);
}
