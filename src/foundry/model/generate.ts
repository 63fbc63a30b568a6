// Cached generation and scoring of one sequence: the prompt in pieces, then one position at a time.

import { type Decoder, pagesOf } from './decoder.ts';

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

  /** Appends all tokens but the last; returns -ln p of each token from index `first` (at least 1) on. */
  score(tokens: readonly number[], first: number): Float64Array {
    const nats = new Float64Array(tokens.length - first);
    const end = tokens.length - 1;
    if (this.position + end > this.context) throw new Error('the context is full');
    for (let at = 0; at < end; at += this.decoder.size.rows) {
      const piece = tokens.slice(at, Math.min(end, at + this.decoder.size.rows));
      this.decoder.forward([{ tokens: piece, start: this.position, pages: this.#pages }]);
      this.position += piece.length;
      const skipped = Math.max(0, first - 1 - at);
      const targets = piece.map((_, row) => ({ row, token: tokens[at + row + 1]! })).slice(skipped);
      this.decoder.losses(targets, (i, value) => {
        nats[at + skipped + i + 1 - first] = value;
      });
    }
    return nats;
  }

  close(): void {
    this.decoder.close();
  }
}
