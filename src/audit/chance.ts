// The chance that random draws hit a forged segment. Pure arithmetic.

/**
 * Chance that at least one of `forged` segments among `candidates` is among `drawn` different ones drawn at random:
 * 1 - C(candidates - forged, drawn) / C(candidates, drawn), the hypergeometric distribution. Computed as a sum of logarithms, which
 * keeps the digits of large numbers and of small chances.
 */
export function chanceOfDetection(candidates: number, forged: number, drawn: number): number {
  // The quotient is the same with forged and drawn exchanged: take the shorter product.
  const [smaller, larger] = forged < drawn ? [forged, drawn] : [drawn, forged];
  if (smaller <= 0) return 0;
  if (smaller + larger > candidates) return 1;
  let log = 0;
  for (let i = 0; i < smaller; i++) log += Math.log1p(-larger / (candidates - i));
  return -Math.expm1(log);
}

/** The chances in a report: for one forged segment, then for 1%, 5% and 10% of the candidates; equal numbers once. */
export function chanceTable(candidates: number, drawn: number): { forged: number; chance: number }[] {
  if (candidates < 1) return [];
  const numbers = [1, ...[0.01, 0.05, 0.1].map((share) => Math.max(1, Math.ceil(share * candidates)))];
  return [...new Set(numbers)].map((forged) => ({ forged, chance: chanceOfDetection(candidates, forged, drawn) }));
}
