// The one reader of transcripts: yields the records of a file in order, and states where and why it stopped. Does not check the hash
// chain: callers do, with `RecordLine.linkAfter`.

import type { Both } from '../base/index.ts';
import { MAX_RECORD, RecordLine } from './record-line.ts';
import { RECORD } from './sentences.ts';

/** Reads a line into `record`. Returns why it is not the record of `step`, or undefined. */
export function recordProblem(
  record: RecordLine,
  line: { bytes: Buffer; from: number; to: number },
  step: number,
): Both | undefined {
  if (!record.read(line.bytes, line.from, line.to)) return RECORD.none;
  return record.step === step ? undefined : RECORD.otherStep(record.step);
}

/**
 * Iterates over the records of steps 1, 2, 3 and so on. It yields the same object each time: copy what you need before you advance to
 * the next record.
 */
export class TranscriptReader implements Iterable<RecordLine> {
  /** Records read. */
  steps = 0;
  /** Why the line after the last record is not a record; undefined if no whole line follows. Set at the end. */
  problem: Both | undefined;
  /** Whether the file ends in an unfinished line: a run is writing it, or a crash cut it off. Set at the end. */
  unfinished = false;
  readonly #pieces: Iterable<Buffer>;

  /** @param pieces the file's bytes; a piece may be overwritten once the next one is requested */
  constructor(pieces: Iterable<Buffer>) {
    this.#pieces = pieces;
  }

  *[Symbol.iterator](): Generator<RecordLine> {
    const record = new RecordLine();
    let rest: Buffer = Buffer.alloc(0);
    for (const piece of this.#pieces) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      let from = 0;
      for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
        this.problem = recordProblem(record, { bytes, from, to }, this.steps + 1);
        if (this.problem !== undefined) return;
        this.steps++;
        yield record;
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
