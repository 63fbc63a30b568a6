// Cached generation of one sequence: a prompt in pieces, then one position at a time.

import type { Decoder } from './decoder.ts';

export class Generator {
  readonly decoder: Decoder;
  /** Positions in the cache. */
  position = 0;

  /** Over a decoder whose cache holds one sequence. */
  constructor(decoder: Decoder) {
    this.decoder = decoder;
  }

  /** Positions that fit. */
  get context(): number {
    return this.decoder.size.context;
  }

  /** Forgets the text so far. */
  reset(): void {
    this.position = 0;
  }

  /** Takes in tokens after those before; returns the logits [V] after the last one (a view, gone with the next call). */
  feed(tokens: ArrayLike<number>): Float32Array {
    if (this.position + tokens.length > this.context) throw new Error('the context is full');
    const all = Array.from(tokens);
    let row = 0;
    for (let at = 0; at < all.length; at += this.decoder.size.rows) {
      const piece = all.slice(at, at + this.decoder.size.rows);
      this.decoder.forward([{ tokens: piece, start: this.position, cache: 0 }]);
      this.position += piece.length;
      row = piece.length - 1;
    }
    return this.decoder.logits(row);
  }

  close(): void {
    this.decoder.close();
  }
}
