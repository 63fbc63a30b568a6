// One sequence on a decoder, for tests: the prompt in pieces, then one position at a time.

import type { Decoder } from '../decoder.ts';
import { pagesOf } from '../pieces.ts';

export class Generator {
  readonly decoder: Decoder;
  /** Positions in the pages. */
  position = 0;
  readonly #pages: readonly number[];

  /** @param decoder with pages for one sequence; it uses the first ones */
  constructor(decoder: Decoder) {
    this.decoder = decoder;
    this.#pages = [...Array(pagesOf(decoder.size.context)).keys()];
  }

  /** Positions of the longest sequence. */
  get context(): number {
    return this.decoder.size.context;
  }

  /** Starts a new sequence. */
  reset(): void {
    this.position = 0;
  }

  /** Appends tokens; returns the logits [V] after the last one (a view, valid until the next call). */
  feed(tokens: ArrayLike<number>): Float32Array {
    if (this.position + tokens.length > this.context) throw new Error('the context is full');
    const all = Array.from(tokens);
    let row = 0;
    for (let at = 0; at < all.length; at += this.decoder.size.rows) {
      const piece = all.slice(at, at + this.decoder.size.rows);
      this.decoder.forward([{ tokens: piece, start: this.position, pages: this.#pages }]);
      this.position += piece.length;
      row = piece.length - 1;
    }
    return this.decoder.logits([row]);
  }

  close(): void {
    this.decoder.close();
  }
}
