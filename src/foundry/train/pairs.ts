// Pairs of conversations, a chosen one and a rejected one after it: their margins and losses, and the factors of their gradients.
// docs/arithmetic.md, "Preferences".

import { exp64, log64 } from '../../engine/index.ts';
import type { Batch, UsedRows } from './batch.ts';

/** How many pairs a batch has, which are all that it has. */
export const countPairs = ({ positions }: Batch): number =>
  positions!.reduce((sum, position) => sum + (position === 0 ? 1 : 0), 0) / 2;

/** Nats of each sequence: a chain over its rows. */
export function sequenceNats(lengths: readonly number[], nats: Float64Array): number[] {
  let row = 0;
  return lengths.map((length) => {
    let sum = 0;
    for (const end = row + length; row < end; row++) sum += nats[row];
    return sum;
  });
}

/** By pair: how many nats more than the reference does the model hold for the chosen one, less that of the rejected one. */
export function margins({ lengths, references }: UsedRows, nats: Float64Array): number[] {
  const gained = sequenceNats(lengths, nats).map((sum, sequence) => references[sequence] - sum);
  return Array.from({ length: gained.length / 2 }, (_, pair) => gained[2 * pair] - gained[2 * pair + 1]);
}

/** -ln(sigmoid(x)) */
export const pairLoss = (x: number): number => (x > 0 ? log64(1 + exp64(-x)) : log64(1 + exp64(x)) - x);

/** The factors of the rows: how fast the mean loss of `n` pairs falls with their nats. */
export function pairShares(
  rows: UsedRows,
  { nats, beta, n }: { nats: Float64Array; beta: number; n: number },
): Float32Array {
  const shares = new Float32Array(nats.length);
  let row = 0;
  for (const [pair, margin] of margins(rows, nats).entries()) {
    const share = (beta * (1 / (1 + exp64(beta * margin)))) / n;
    const [chosen, rejected] = [rows.lengths[2 * pair], rows.lengths[2 * pair + 1]];
    shares.fill(share, row, row + chosen);
    shares.fill(-share, row + chosen, row + chosen + rejected);
    row += chosen + rejected;
  }
  return shares;
}
