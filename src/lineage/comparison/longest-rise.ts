// The length of the longest rising subsequence, by patience sorting (Fredman 1975): n log n.

export function longestRise(values: readonly number[]): number {
  /** tails[k]: the least last value of a rising subsequence of length k + 1. */
  const tails: number[] = [];
  for (const value of values) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tails[middle]! < value) low = middle + 1;
      else high = middle;
    }
    tails[low] = value;
  }
  return tails.length;
}
