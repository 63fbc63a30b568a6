// Random numbers of `bench/lineage.ts`: a stream for each name, the same every time. Not those of trainings, which must have the same bits on
// all machines.

import { sha256 } from '../src/ledger/index.ts';

/** sfc32 (Doty-Humphrey's PractRand), from a state that is a digest of the name. */
export class Randomness {
  readonly #state: Uint32Array;

  constructor(name: string) {
    this.#state = new Uint32Array(4);
    for (let i = 0; i < 4; i++) this.#state[i] = Buffer.from(sha256(name)).readUInt32LE(4 * i);
    for (let i = 0; i < 15; i++) this.uniform();
  }

  /** From 0 to below 1. */
  uniform(): number {
    const s = this.#state;
    const word = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3]! += 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + word;
    return word / 2 ** 32;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Of mean 0 and variance 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  sign(): number {
    return this.uniform() < 0.5 ? 1 : -1;
  }

  /** A random order of 0 to count - 1. */
  order(count: number): number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  /** An orthogonal matrix, row-major, by Gram and Schmidt, twice. */
  rotation(n: number): Float64Array {
    const values = Float64Array.from({ length: n * n }, () => this.normal());
    for (let i = 0; i < n; i++) {
      const row = values.subarray(i * n, (i + 1) * n);
      for (let at = 0; at < 2 * i; at++) {
        const other = values.subarray((at % i) * n, ((at % i) + 1) * n);
        let dot = 0;
        for (let k = 0; k < n; k++) dot += row[k]! * other[k]!;
        for (let k = 0; k < n; k++) row[k]! -= dot * other[k]!;
      }
      const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
      for (let k = 0; k < n; k++) row[k]! /= length;
    }
    return values;
  }
}
