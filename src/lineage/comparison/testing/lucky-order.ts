// Luck that is arranged: an order of one block's units that puts some of its matches in place.

import type { Matrix } from '../products.ts';

/** Of the suspect's units; `places` pairs that look most alike get one label. */
export function luckyOrder(suspect: Matrix, reference: Matrix, places: number): number[] {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const rowsOf = ({ rows, columns, values }: Matrix) =>
    Array.from({ length: rows }, (_, i) => values.subarray(i * columns, (i + 1) * columns));
  const cosine = (a: Float32Array, b: Float32Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const theirs = rowsOf(reference);
  const all = rowsOf(suspect).flatMap((a, i) => theirs.map((b, j) => ({ i, j, c: cosine(a, b) })));
  const order = Array.from({ length: suspect.rows }, (_, i) => i);
  const fixed = new Set<number>();
  for (const { i, j } of all.sort((x, y) => y.c - x.c)) {
    if (fixed.size === places) break;
    const at = order.indexOf(i);
    if (fixed.has(j) || fixed.has(at)) continue;
    [order[at], order[j]] = [order[j]!, order[at]!];
    fixed.add(j);
  }
  return order;
}
