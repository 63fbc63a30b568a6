// The training text while merges are applied: symbols in place, and for each pair an exact list of its positions. The cost of a
// merge grows with the number of positions of its pair, not with the text.

import type { Merger } from './bpe.ts';
import { grown } from './grown.ts';
import { PairHeap } from './pair-heap.ts';
import { MAX_VOCAB_SIZE } from './vocabulary.ts';
import type { WordCounts } from './word-counts.ts';

const GAP = -1; // between words
const INSIDE = -2; // a position whose symbol was merged into the one before it

export class MergeText {
  readonly pairs = new PairHeap();
  // A symbol that covers positions p to p + length - 1 is stored at both: at the first in #symbols, at the last in #ends.
  readonly #symbols: Int32Array;
  readonly #ends: Int32Array;
  /** Positions that a symbol covers, by id. */
  readonly #lengths: Int32Array;
  readonly #word: Int32Array;
  readonly #weights: Float64Array;
  // The pair that starts at a position, and its neighbours in the list of that pair's positions.
  readonly #pairAt: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  // Pairs (x, newest) by x and (newest, y) by y: a merge creates pairs with the newest symbol only.
  readonly #withLeft: Int32Array;
  readonly #withRight: Int32Array;
  #positions = new Int32Array(1 << 12);

  /** The symbols of a word are the ids that `merger` gives its bytes; merges may create ids below `vocabSize`. */
  constructor(words: WordCounts, merger: Merger, vocabSize: number) {
    const length = words.starts[words.size] + words.size + 1;
    this.#symbols = new Int32Array(length);
    this.#ends = new Int32Array(length);
    this.#word = new Int32Array(length);
    this.#pairAt = new Int32Array(length);
    this.#next = new Int32Array(length);
    this.#previous = new Int32Array(length);
    this.#weights = words.weights;
    this.#lengths = new Int32Array(vocabSize).fill(1);
    this.#withLeft = new Int32Array(vocabSize).fill(-1);
    this.#withRight = new Int32Array(vocabSize).fill(-1);
    const out = new Uint32Array(this.#symbols.buffer);
    this.#symbols[0] = this.#ends[0] = GAP;
    let position = 1;
    for (let word = 0; word < words.size; word++) {
      const [start, end] = [words.starts[word], words.starts[word + 1]];
      const stop = position + merger.merge({ bytes: words.bytes, start, end, out, at: position });
      this.#word.fill(word, position, stop);
      this.#ends.set(this.#symbols.subarray(position, stop), position);
      this.#symbols[stop] = this.#ends[stop] = GAP;
      position = stop + 1;
    }
    const known = new Map<number, number>();
    for (let p = 1; p < position; p++) {
      const left = this.#symbols[p];
      const right = this.#symbols[p + 1];
      if (left < 0 || right < 0) continue;
      const key = left * MAX_VOCAB_SIZE + right;
      let pair = known.get(key);
      if (pair === undefined) {
        pair = this.pairs.create(left, right);
        known.set(key, pair);
      }
      this.#link(pair, p);
    }
    for (let pair = 0; pair < this.pairs.count; pair++) this.pairs.push(pair);
  }

  /** Replaces every occurrence of `pair` by the symbol `id`, from left to right where occurrences overlap. */
  merge(pair: number, id: number): void {
    const { pairs } = this;
    const left = pairs.left[pair];
    const right = pairs.right[pair];
    const lengths = this.#lengths;
    const symbols = this.#symbols;
    const ends = this.#ends;
    const leftLength = lengths[left];
    const length = leftLength + lengths[right];
    lengths[id] = length;
    const oldPairs = pairs.count;
    const positions = this.#positionsOf(pair);
    // Only a pair of equal symbols can overlap itself: there the order matters.
    if (left === right) positions.sort();
    for (const p of positions) {
      const q = p + leftLength;
      if (symbols[p] !== left || symbols[q] !== right) continue; // one of its symbols was merged at the position before
      const after = p + length;
      const before = ends[p - 1];
      const beforePosition = before < 0 ? 0 : p - lengths[before];
      this.#unlink(p);
      if (symbols[after] >= 0) this.#unlink(q);
      if (before >= 0) this.#unlink(beforePosition);
      symbols[p] = id;
      symbols[q] = INSIDE;
      ends[after - 1] = id;
      if (before >= 0) this.#link(this.#newPair(before, id, id, oldPairs), beforePosition);
      if (symbols[after] >= 0) this.#link(this.#newPair(id, symbols[after], id, oldPairs), p);
    }
    for (let created = oldPairs; created < pairs.count; created++) pairs.push(created);
  }

  #newPair(left: number, right: number, newest: number, oldPairs: number): number {
    const [known, key] = right === newest ? [this.#withLeft, left] : [this.#withRight, right];
    if (known[key] < oldPairs) known[key] = this.pairs.create(left, right); // the stored pair is from an earlier merge
    return known[key];
  }

  #positionsOf(pair: number): Int32Array {
    let count = 0;
    for (let p = this.pairs.first[pair]; p >= 0; p = this.#next[p]) {
      if (count === this.#positions.length) this.#positions = grown(this.#positions, count * 2);
      this.#positions[count++] = p;
    }
    return this.#positions.subarray(0, count);
  }

  #link(pair: number, p: number): void {
    const first = this.pairs.first[pair];
    this.#pairAt[p] = pair;
    this.#previous[p] = -1;
    this.#next[p] = first;
    if (first >= 0) this.#previous[first] = p;
    this.pairs.first[pair] = p;
    this.pairs.weight[pair] += this.#weights[this.#word[p]];
  }

  #unlink(p: number): void {
    const pair = this.#pairAt[p];
    const next = this.#next[p];
    const previous = this.#previous[p];
    if (next >= 0) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.pairs.first[pair] = next;
    this.pairs.weight[pair] -= this.#weights[this.#word[p]];
  }
}
