// Keeps a few very long rows from drowning all others: one unit that the model never uses could move the mean so far that all units look
// alike, one token that no text holds could turn the residual stream to itself.

import type { Matrix } from './products.ts';

/** Rows longer than so many median lengths are shortened to this. */
const LONG = 4;

/** Shortens long rows. In place. No relabelling or rotation changes which, nor to what. */
export function limitLengths({ rows, columns, values }: Matrix): void {
  const rowAt = (i: number): Float32Array => values.subarray(i * columns, (i + 1) * columns);
  const lengths = Array.from({ length: rows }, (_, i) =>
    Math.sqrt(rowAt(i).reduce((sum, value) => sum + value * value, 0)),
  );
  const sorted = lengths.filter((length) => length > 0).sort((a, b) => a - b);
  const most = LONG * (sorted[sorted.length >> 1] ?? 0);
  for (const [i, length] of lengths.entries()) {
    if (!(length > most)) continue;
    const row = rowAt(i);
    for (let j = 0; j < columns; j++) row[j]! *= most / length;
  }
}
