// Cuts long texts into documents of bounded size, at the ends of paragraphs. Knows nothing of where texts come from.

/** The largest document, in UTF-8 bytes before normalisation (NFC may add a little). */
export const MAX_DOCUMENT = 1 << 20;

/**
 * Takes a text in pieces and gives it out as documents of at most `most` bytes: cut after the last blank line that fits,
 * else after a line, else after a space, else between two characters; a cut that would leave less than half is not
 * taken. Nothing is lost: the documents joined are the text.
 */
export class Cutter {
  readonly #emit: (document: string) => void;
  readonly #most: number;
  #parts: string[] = [];
  #bytes = 0;
  /** How many documents were cut off before their text had ended. */
  cuts = 0;

  constructor(emit: (document: string) => void, most = MAX_DOCUMENT) {
    this.#emit = emit;
    this.#most = most;
  }

  push(text: string): void {
    this.#parts.push(text);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes <= this.#most) return;
    let bytes = Buffer.from(this.#parts.join(''));
    while (bytes.length > this.#most) {
      const at = cutPoint(bytes, this.#most);
      this.#emit(bytes.toString('utf8', 0, at));
      this.cuts++;
      bytes = bytes.subarray(at);
    }
    this.#parts = [bytes.toString('utf8')];
    this.#bytes = bytes.length;
  }

  /** Gives out what is left, as one document. */
  end(): void {
    if (this.#parts.length > 0) this.#emit(this.#parts.join(''));
    this.#parts = [];
    this.#bytes = 0;
  }
}

function cutPoint(bytes: Buffer, most: number): number {
  for (const end of ['\n\n', '\n', ' ']) {
    const at = bytes.lastIndexOf(end, most - end.length, 'latin1') + end.length;
    if (at - end.length >= 0 && at > most / 2) return at;
  }
  let at = most;
  while ((bytes[at] & 0xc0) === 0x80) at--; // not inside a character
  return at;
}
