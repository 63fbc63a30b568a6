// Whether the drawn values of two models are equal, or equal but for rounding. Only drawn values are looked at.

import type { SampledBlock } from '../sketch/index.ts';

export type Equality = 'equal' | 'rounded';

/** bfloat16 keeps 8 bits: a value and its norm's gain are each within 2^-9 of it, their product within this. */
const ROUNDING = 2 ** -7;

/** Whether rows differ: a router of zeros is equal to any other. */
function hasDifferentRows({ columns }: SampledBlock, values: Float32Array): boolean {
  return values.some((value, at) => value !== values[at % columns]);
}

/**
 * Of blocks with the same labels and sizes; undefined where any value differs by more than rounding, and where nothing was drawn that could
 * differ.
 */
export function equalityOf(pairs: readonly (readonly [SampledBlock, SampledBlock])[]): Equality | undefined {
  let found: Equality | undefined;
  for (const [a, b] of pairs) {
    if (a.size !== b.size || a.columns !== b.columns) return undefined;
    const isTelling = hasDifferentRows(a, a.rows());
    for (const read of [(block: SampledBlock) => block.rows(), (block: SampledBlock) => block.signed?.()]) {
      const one = equalityOfValues(read(a), read(b));
      if (one === 'different') return undefined;
      if (isTelling && (one === 'rounded' || found === undefined)) found = one ?? found;
    }
  }
  return found;
}

function equalityOfValues(a?: Float32Array, b?: Float32Array): Equality | 'different' | undefined {
  if (!a || !b) return a || b ? 'different' : undefined;
  let equality: Equality = 'equal';
  for (const [i, value] of a.entries()) {
    const other = b[i]!;
    if (Object.is(value, other)) continue;
    equality = 'rounded';
    if (!(Math.abs(value - other) <= ROUNDING * Math.max(Math.abs(value), Math.abs(other)))) return 'different';
  }
  return equality;
}
