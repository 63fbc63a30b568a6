// How hard a text is to predict: the bits per byte that a general compressor (Brotli) needs for pieces of it. Knows no files and no
// models.

import { brotliCompressSync, constants } from 'node:zlib';

/** A compressor learns as it reads, so all pieces have the same size. */
export const PIECE_BYTES = 64 * 1024;
const MAX_PIECES = 16;

const OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 } };

/** Where the pieces of a sample begin, spread evenly over a text of this length. There is none in a text shorter than a piece. */
const pieceStarts = (textBytes: number): number[] => {
  const count = Math.min(MAX_PIECES, Math.floor(textBytes / PIECE_BYTES));
  return Array.from({ length: count }, (_, i) => Math.floor((i * textBytes) / count));
};

/** A sample of a text that is read from its start to its end. */
export class TextSample {
  readonly #starts: number[];
  readonly #piece = Buffer.alloc(PIECE_BYTES);
  #filled = 0;
  #position = 0;
  #pieces = 0;
  #compressed = 0;

  /** `textBytes` may be an estimate. */
  constructor(textBytes: number) {
    this.#starts = pieceStarts(textBytes);
  }

  /** The next part of the text, or the next text. Returns its length in bytes. */
  add(text: string): number {
    const bytes = Buffer.from(text);
    let at = 0;
    while (this.#starts.length > 0) {
      const skip = this.#filled > 0 ? 0 : Math.max(0, this.#starts[0]! - this.#position);
      if (at + skip >= bytes.length) break;
      at += skip;
      const part = bytes.subarray(at, at + PIECE_BYTES - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      this.#position += skip + part.length;
      if (this.#filled < PIECE_BYTES) return bytes.length;
      this.#starts.shift();
      this.#pieces++;
      this.#compressed += brotliCompressSync(this.#piece, OPTIONS).length;
      this.#filled = 0;
    }
    this.#position += bytes.length - at;
    return bytes.length;
  }

  /** Bits per byte of the pieces so far. A piece that is not whole does not count. */
  get difficulty(): number | undefined {
    return this.#pieces === 0 ? undefined : (8 * this.#compressed) / (this.#pieces * PIECE_BYTES);
  }
}
