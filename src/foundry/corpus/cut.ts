// Cuts long texts into documents of bounded size, at the ends of paragraphs. Knows nothing of where texts come from.

/** The largest document, in UTF-8 bytes before normalisation (NFC can lengthen it). */
export const MAX_DOCUMENT = 1 << 20;

/**
 * Takes a text in pieces and emits it as documents of at most `maxBytes` bytes: cut after the last blank line that fits, else after a
 * line, else after a space, else between two characters. A cut at a blank line, line or space must leave a document of more than half
 * of `maxBytes`. Nothing is lost: the documents joined are the text.
 */
export class Cutter {
  readonly #emit: (document: string) => void;
  readonly #maxBytes: number;
  #parts: string[] = [];
  #bytes = 0;
  /** Number of cuts so far. */
  cuts = 0;

  constructor(emit: (document: string) => void, maxBytes = MAX_DOCUMENT) {
    this.#emit = emit;
    this.#maxBytes = maxBytes;
  }

  push(text: string): void {
    this.#parts.push(text);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes <= this.#maxBytes) return;
    let bytes = Buffer.from(this.#parts.join(''));
    while (bytes.length > this.#maxBytes) {
      const at = cutPoint(bytes, this.#maxBytes);
      this.#emit(bytes.toString('utf8', 0, at));
      this.cuts++;
      bytes = bytes.subarray(at);
    }
    this.#parts = [bytes.toString('utf8')];
    this.#bytes = bytes.length;
  }

  /** Emits the rest as one document. */
  end(): void {
    if (this.#parts.length > 0) this.#emit(this.#parts.join(''));
    this.#parts = [];
    this.#bytes = 0;
  }
}

function cutPoint(bytes: Buffer, maxBytes: number): number {
  for (const end of ['\n\n', '\n', ' ']) {
    const at = bytes.lastIndexOf(end, maxBytes - end.length, 'latin1') + end.length;
    if (at - end.length >= 0 && at > maxBytes / 2) return at;
  }
  let at = maxBytes;
  while ((bytes[at] & 0xc0) === 0x80) at--; // not inside a character
  return at;
}
