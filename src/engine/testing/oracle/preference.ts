// The loss of pairs, naively: docs/arithmetic.md, "Preferences".

import { exp64, log64 } from '../../functions.ts';
import type { Arithmetic, FloatArray } from './arithmetic.ts';

export interface Preference {
  beta: number;
  /** Nats of each sequence by the reference: a chosen one, its rejected one, and so on. */
  references: readonly number[];
}

/**
 * The losses of pairs in binary64, and the shares of their rows in the mean of n pairs.
 * @param losses of rows, in binary64
 */
export function preference(
  A: Arithmetic,
  { beta, references }: Preference,
  { losses, lengths, n }: { losses: Float64Array; lengths: readonly number[]; n: number },
): { pairs: number[]; shares: FloatArray } {
  const pairs: number[] = [];
  const shares = A.array(losses.length);
  const sequences = lengths.map((length, i) => {
    const start = lengths.slice(0, i).reduce((sum, one) => sum + one, 0);
    return { start, end: start + length };
  });
  const gain = (sequence: number): number => {
    const { start, end } = sequences[sequence]!;
    let nats = 0;
    for (let m = start; m < end; m++) nats += losses[m]!;
    return references[sequence]! - nats;
  };
  for (let chosen = 0; chosen < sequences.length; chosen += 2) {
    const z = beta * (gain(chosen) - gain(chosen + 1));
    pairs.push(z > 0 ? log64(1 + exp64(-z)) : log64(1 + exp64(z)) - z);
    const share = (beta * (1 / (1 + exp64(z)))) / n;
    for (let m = sequences[chosen]!.start; m < sequences[chosen]!.end; m++) shares[m] = A.round(share);
    for (let m = sequences[chosen + 1]!.start; m < sequences[chosen + 1]!.end; m++) shares[m] = A.round(-share);
  }
  return { pairs, shares };
}
