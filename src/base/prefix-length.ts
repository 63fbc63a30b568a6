// Binary search.

/** How many of the indices from 0 to `count` - 1 satisfy a condition that holds up to some index and for none after it. */
export function prefixLength(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
