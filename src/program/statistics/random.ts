// Random numbers for resampling. Each draw of each part has its own sequence, so that no number depends on other computations. Does not
// know what is resampled.

import { keyOf, normal64, philox4x32, type Seed, streamOf } from '../../engine/index.ts';

/**
 * xoshiro128** (Blackman, Vigna 2021) whose state at each draw comes from Philox: key = seed; counter = draw, part, and the stream of
 * the purpose. Philox makes the sequences independent, xoshiro makes them fast.
 */
export class Random {
  #key: readonly [number, number];
  #stream: readonly [number, number];
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(seed: Seed, purpose: string) {
    this.#key = keyOf(seed);
    this.#stream = streamOf(purpose);
  }

  /** Moves to the start of a draw's sequence. */
  at(part: number, draw: number): void {
    [this.#a, this.#b, this.#c, this.#d] = philox4x32([draw, part, ...this.#stream], this.#key);
  }

  /** An integer from 0 to 2^32 - 1. */
  word(): number {
    const five = Math.imul(this.#b, 5);
    const word = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return word;
  }

  /**
   * Draws `n` of `n` things with replacement: adds to counts[from + i] how often thing i was drawn. The chance of each is 1/n to within
   * 2^-32. The loop repeats `word` with local variables.
   */
  tally(counts: Float64Array, from: number, n: number): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    const share = n / 4294967296;
    for (let i = 0; i < n; i++) {
      const five = Math.imul(b, 5);
      const word = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);
      counts[from + Math.floor(word * share)]++;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }

  /** Uniform, above 0 and below 1. */
  uniform(): number {
    return (this.word() + 0.5) / 4294967296;
  }

  /** Standard normal. */
  normal(): number {
    return normal64(this.uniform());
  }

  /**
   * sqrt(nu / chi-square with nu degrees): the factor that turns a normal deviation into Student's t. Exact up to 30 degrees, as a sum of
   * squares; above by the cube of Wilson and Hilferty (1931), with an error below 0.001.
   */
  student(degrees: number): number {
    if (degrees > 30) {
      const v = 2 / (9 * degrees);
      const cube = 1 - v + this.normal() * Math.sqrt(v);
      return 1 / (cube * Math.sqrt(cube));
    }
    let chi = 0;
    for (let i = 0; i < degrees; i++) {
      const z = this.normal();
      chi += z * z;
    }
    return Math.sqrt(degrees / chi);
  }
}
