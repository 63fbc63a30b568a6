// How hard a text is to predict: the bits per byte that a small compressor needs for a sample of it. Knows no files and no models.

import { ContextMixing } from './context-mixing.ts';

/** Bytes of each piece of a sample. */
export const PIECE_BYTES = 64 * 1024;
const MAX_PIECES = 8;
/** A compressor learns as it reads: a single piece would say more about its start than about the text. */
const MIN_PIECES = 2;

/** Where the pieces of a sample begin, spread evenly over a text of this length. */
const pieceStarts = (textBytes: number): number[] => {
  const count = Math.min(MAX_PIECES, Math.floor(textBytes / PIECE_BYTES));
  if (count < MIN_PIECES) return [];
  return Array.from({ length: count }, (_, i) => Math.floor((i * textBytes) / count));
};

/** A sample of a text that is read from its start to its end. */
export class TextSample {
  readonly #starts: number[];
  readonly #piece = Buffer.alloc(PIECE_BYTES);
  #filled = 0;
  #position = 0;
  #pieces = 0;
  #bits = 0;
  #compressor: ContextMixing | undefined; // made for the first piece: its tables are large

  /** `textBytes` may be an estimate. */
  constructor(textBytes: number) {
    this.#starts = pieceStarts(textBytes);
  }

  /** The next part of the text, or the next text. Returns its length in bytes. */
  add(text: string): number {
    const bytes = Buffer.from(text);
    let at = 0;
    while (this.#starts.length > 0) {
      const skip = this.#filled > 0 ? 0 : Math.max(0, this.#starts[0] - this.#position);
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
      this.#compressor ??= new ContextMixing();
      this.#bits += this.#compressor.read(this.#piece);
      this.#filled = 0;
    }
    this.#position += bytes.length - at;
    return bytes.length;
  }

  /** Bits per byte of the pieces so far; one that is not whole does not count. Undefined where there are too few. */
  get difficulty(): number | undefined {
    return this.#pieces < MIN_PIECES ? undefined : this.#bits / (this.#pieces * PIECE_BYTES);
  }
}
