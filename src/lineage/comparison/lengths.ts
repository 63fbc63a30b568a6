// Keeps a few very long rows from drowning all others: one unit that the model never uses could move the mean so far that all units look
// alike, one token that no text holds could turn the residual stream to itself.

import type { Matrix } from './products.ts';

/** Rows longer than so many median lengths are shortened to this. */
const LONG = 4;

/** The length of each row. */
export function rowLengths({ rows, columns, values }: Matrix): Float64Array {
  const lengths = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) {
    let sum = 0;
    for (const end = at + columns; at < end; at++) sum += values[at]! * values[at]!;
    lengths[i] = Math.sqrt(sum);
  }
  return lengths;
}

/** Shortens long rows. In place. No relabelling or rotation changes which, nor to what. */
export function limitLengths(matrix: Matrix): void {
  const { columns, values } = matrix;
  const lengths = rowLengths(matrix);
  const sorted = lengths.filter((length) => length > 0).sort();
  const most = LONG * (sorted[sorted.length >> 1] ?? 0);
  for (const [i, length] of lengths.entries()) {
    if (!(length > most)) continue;
    const row = values.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < columns; j++) row[j]! *= most / length;
  }
}
