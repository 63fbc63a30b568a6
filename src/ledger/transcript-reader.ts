// The one reader of transcripts: the records of a file in order, or single ones of a piece of it. States where and why it stopped. Does not
// check the hash chain: callers do, with `RecordLine.linkAfter`.

import type { Both } from '../base/index.ts';
import { MAX_RECORD, RecordLine } from './record-line.ts';
import { RECORD } from './sentences.ts';

/**
 * Iterates over the records of steps 1, 2, 3 and so on. It yields the same object each time: copy what you need before you advance to
 * the next record. Whoever follows a growing file gives it each whole line with `take` instead.
 */
export class TranscriptReader implements Iterable<RecordLine> {
  /** Records read. */
  steps = 0;
  /** The last record read. */
  readonly record = new RecordLine();
  /** Why the line after the last record is not a record; undefined if no whole line follows. Set at the end. */
  problem: Both | undefined;
  /** Whether the file ends in an unfinished line: a run is writing it, or a crash cut it off. Set at the end. */
  unfinished = false;
  readonly #pieces: Iterable<Buffer>;

  /** @param pieces the file's bytes; a piece may be overwritten once the next one is requested */
  constructor(pieces: Iterable<Buffer> = []) {
    this.#pieces = pieces;
  }

  /** Reads the next line, without its newline. Returns why it is not the record of the next step, or undefined. */
  take(bytes: Buffer, from: number, to: number): Both | undefined {
    if (!this.record.read(bytes, from, to)) return RECORD.none;
    if (this.record.step !== this.steps + 1) return RECORD.otherStep(this.record.step);
    this.steps++;
    return undefined;
  }

  *[Symbol.iterator](): Generator<RecordLine> {
    let rest: Buffer = Buffer.alloc(0);
    for (const piece of this.#pieces) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      let from = 0;
      for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
        this.problem = this.take(bytes, from, to);
        if (this.problem !== undefined) return;
        yield this.record;
        from = to + 1;
      }
      rest = Buffer.from(bytes.subarray(from));
      if (rest.length >= MAX_RECORD) {
        this.problem = RECORD.none;
        return;
      }
    }
    this.unfinished = rest.length > 0;
  }
}

/** The first record of a piece of a transcript, which may begin and end anywhere. Its step may be any. */
export function firstRecord(piece: Buffer): RecordLine | undefined {
  const record = new RecordLine();
  let from = 0;
  for (let to = piece.indexOf(10); to >= 0; to = piece.indexOf(10, from)) {
    if (record.read(piece, from, to)) return record;
    from = to + 1;
  }
  return undefined;
}

/** Lines that are tried from the end: reading stops soon, whatever the piece contains. */
const MAX_LINES = 100;

/** The last record of a piece of a transcript, or the last one with a root. The newline of the last line may be missing. */
export function lastRecord(piece: Buffer, { withRoot = false }: { withRoot?: boolean } = {}): RecordLine | undefined {
  const record = new RecordLine();
  const member = withRoot ? '"stateRoot"' : '"batch"';
  let at = piece.lastIndexOf(member);
  for (let i = 0; i < MAX_LINES && at >= 0; i++) {
    const from = piece.lastIndexOf(10, at) + 1;
    const to = piece.indexOf(10, at);
    if (record.read(piece, from, to < 0 ? piece.length : to)) return record;
    at = from > 0 ? piece.lastIndexOf(member, from - 1) : -1;
  }
  return undefined;
}
