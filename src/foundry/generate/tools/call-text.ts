// Takes an answer apart as it grows: what is said, and the calls of tools with their names and arguments.

import type { CallReader, CallState } from './call-reader.ts';

/** What is new of a call. */
export interface CallPiece {
  /** Of the call in its answer, from 0. */
  index: number;
  /** In its first piece alone, and whole. */
  name?: string;
  arguments: string;
}

export interface AnswerPiece {
  said: string;
  calls: CallPiece[];
}

export class CallText {
  #at: CallState;
  /** What may begin a call. */
  #held = '';
  #calls = 0;
  /** The text is none that the reader reads: an incomplete character. The rest belongs to what it stands in. */
  #isLost = false;

  constructor(reader: CallReader) {
    this.#at = reader.start();
  }

  /** Calls that have begun. */
  get calls(): number {
    return this.#calls;
  }

  /** Takes whole characters. */
  push(text: string): AnswerPiece {
    const piece: AnswerPiece = { said: '', calls: [] };
    for (const character of text) this.#take(character, piece);
    return piece;
  }

  /** What was held back when the answer ended. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #take(character: string, piece: AnswerPiece): void {
    const before = this.#at;
    for (const byte of Buffer.from(character)) {
      const next = this.#isLost ? null : this.#at.next(byte);
      if (next) this.#at = next;
      else this.#isLost = true;
    }
    if (before.kind === 'said') this.#say(character, piece);
    else if (before.kind === 'arguments') this.#callIn(piece).arguments += character;
    else if (this.#at.tool && !before.tool) {
      piece.calls.push({ index: this.#calls++, name: this.#at.tool.name, arguments: '' });
    }
  }

  #say(character: string, piece: AnswerPiece): void {
    this.#held += character;
    if (this.#at.kind !== 'said') {
      // It was the trigger.
      this.#held = '';
      return;
    }
    const sure = this.#held.length - this.#at.held;
    piece.said += this.#held.slice(0, sure);
    this.#held = this.#held.slice(sure);
  }

  /** The part of a piece for the call that is under way. */
  #callIn(piece: AnswerPiece): CallPiece {
    const last = piece.calls.at(-1);
    if (last?.index === this.#calls - 1) return last;
    const made = { index: this.#calls - 1, arguments: '' };
    piece.calls.push(made);
    return made;
  }
}
