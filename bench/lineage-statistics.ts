// Numbers of the report on lineage: bounds of rates, Poisson's law, medians.

/** P(X >= k) of Binomial(n, p). */
function binomialTail(n: number, k: number, p: number) {
  let [lnTerm, tail] = [n * Math.log1p(-p), 0];
  for (let i = 0; i <= n; i++) {
    if (i >= k) tail += Math.exp(lnTerm);
    lnTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return tail;
}

/** The rate that k of n speak for at least, with 95% (Clopper and Pearson 1934, one side). */
export function lowerBound(k: number, n: number): number {
  let [low, high] = [0, k / n];
  if (k === 0) return 0;
  if (k === n) return 0.05 ** (1 / n);
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (binomialTail(n, k, middle) < 0.05) low = middle;
    else high = middle;
  }
  return low;
}

/** The rate that k of n speak for at most, with 95%. */
export const upperBound = (k: number, n: number): number => 1 - lowerBound(n - k, n);

/** Of Poisson's law with this mean: P(X = k). */
export function poisson(mean: number, k: number): number {
  let share = Math.exp(-mean);
  for (let i = 1; i <= k; i++) share *= mean / i;
  return share;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
