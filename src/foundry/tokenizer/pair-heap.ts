// Chooses the pair to merge next: the heaviest; of equally heavy ones that with the lower left id, then the lower right id.

import { grown } from './grown.ts';

/** All pairs seen so far, numbered from 0, with their weights. Weights of pairs in the heap may only decrease. */
export class PairHeap {
  left = new Int32Array(1 << 12);
  right = new Int32Array(1 << 12);
  /** Weight of all occurrences of the pair, in whole units, exact. */
  weight = new Float64Array(1 << 12);
  /** First position of the pair in the text, -1 for none. `MergeText` sets it. */
  first = new Int32Array(1 << 12);
  /** Number of pairs. */
  count = 0;

  // A heap of pairs, each with its weight at the last look: an upper bound, which is corrected at the top only.
  #pairs = new Int32Array(1 << 12);
  #bounds = new Float64Array(1 << 12);
  #size = 0;

  /** Creates a pair of weight 0 and returns its number. */
  create(left: number, right: number): number {
    if (this.count === this.left.length) {
      this.left = grown(this.left, this.count * 2);
      this.right = grown(this.right, this.count * 2);
      this.weight = grown(this.weight, this.count * 2);
      this.first = grown(this.first, this.count * 2);
    }
    this.left[this.count] = left;
    this.right[this.count] = right;
    this.first[this.count] = -1;
    return this.count++;
  }

  /** Puts a pair into the heap, once. */
  push(pair: number): void {
    if (this.#size === this.#pairs.length) {
      this.#pairs = grown(this.#pairs, this.#size * 2);
      this.#bounds = grown(this.#bounds, this.#size * 2);
    }
    const bound = this.weight[pair];
    let i = this.#size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(pair, bound, this.#pairs[parent], this.#bounds[parent])) break;
      this.#pairs[i] = this.#pairs[parent];
      this.#bounds[i] = this.#bounds[parent];
      i = parent;
    }
    this.#pairs[i] = pair;
    this.#bounds[i] = bound;
  }

  /** Removes the pair to merge next from the heap; -1 if no pair weighs at least `minimum`. */
  pop(minimum: number): number {
    while (this.#size > 0 && this.#bounds[0] >= minimum) {
      const pair = this.#pairs[0];
      const weight = this.weight[pair];
      if (weight === this.#bounds[0]) {
        this.#size--;
        if (this.#size > 0) this.#sink(this.#pairs[this.#size], this.#bounds[this.#size]);
        return pair;
      }
      this.#sink(pair, weight);
    }
    return -1;
  }

  /** Replaces the top entry. */
  #sink(pair: number, bound: number): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.#size) break;
      const other = child + 1;
      if (
        other < this.#size &&
        this.#before(this.#pairs[other], this.#bounds[other], this.#pairs[child], this.#bounds[child])
      ) {
        child = other;
      }
      if (this.#before(pair, bound, this.#pairs[child], this.#bounds[child])) break;
      this.#pairs[i] = this.#pairs[child];
      this.#bounds[i] = this.#bounds[child];
      i = child;
    }
    this.#pairs[i] = pair;
    this.#bounds[i] = bound;
  }

  #before(pair: number, bound: number, other: number, otherBound: number): boolean {
    if (bound !== otherBound) return bound > otherBound;
    const left = this.left[pair] - this.left[other];
    return left !== 0 ? left < 0 : this.right[pair] < this.right[other];
  }
}
