// Splits pieces of text into lines. Knows nothing of a line's content.

import { JikjiError } from '../../base/index.ts';

/** The longest line, in UTF-16 code units: a line must fit into memory. */
export const MAX_LINE = 64 * 1024 * 1024;

/** Calls `onLine` with each line of a text that comes in pieces, without its LF; `number` counts from 1. */
export class LineSplitter {
  readonly #onLine: (line: string, number: number) => void;
  readonly #label: string;
  #rest = '';
  #number = 0;

  constructor(label: string, onLine: (line: string, number: number) => void) {
    this.#label = label;
    this.#onLine = onLine;
  }

  push(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      const line = text.slice(from, at);
      this.#onLine(this.#rest === '' ? line : this.#rest + line, ++this.#number);
      this.#rest = '';
      from = at + 1;
    }
    this.#rest += text.slice(from);
    if (this.#rest.length > MAX_LINE) {
      throw new JikjiError(
        'source-broken',
        `line ${this.#number + 1} is longer than ${MAX_LINE} characters`,
        this.#label,
        'check that the file has the format that `read` names',
      );
    }
  }

  /** Emits the last line if no LF ended it. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest, ++this.#number);
    this.#rest = '';
  }
}
