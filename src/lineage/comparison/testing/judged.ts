// Comparisons of toy models with their verdicts, and luck that is arranged.

import type { Sample } from '../../sketch/index.ts';
import { compareSamples } from '../compare.ts';
import type { Matrix } from '../products.ts';
import { type JudgedGroup, judge } from '../verdict.ts';
import { sampleOf, type ToyModel } from './toy-models.ts';

export const ALPHA = 1e-9;

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export const judged = (suspect: Sample, reference: Sample): JudgedGroup[] =>
  judge([compareSamples(suspect, reference, { key: 'drawn afterwards', threads: 1 })], ALPHA)[0]!;

export const compared = (suspect: ToyModel, reference: ToyModel): JudgedGroup[] =>
  judged(sampleOf(suspect), sampleOf(reference));

export const verdicts = (groups: readonly JudgedGroup[]): Record<string, string> =>
  Object.fromEntries(groups.map(({ kind, verdict }) => [kind, verdict]));

export const groupOf = (groups: readonly JudgedGroup[], kind: string): JudgedGroup =>
  groups.find((group) => group.kind === kind)!;

/** An order of the suspect's units in which `places` pairs that look most alike have one label. */
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
