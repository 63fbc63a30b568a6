// The one reader of transcripts: the records of a file in their order, from the first on. Says where they end and why; whether
// they hang together is for who asks for it (`RecordLine.linkAfter`).

import { MAX_RECORD, RecordLine } from './record-line.ts';

const NOT_A_RECORD = 'is not a record in canonical form';

/** Reads a line into `record`. Returns what is wrong with it as the record of `step`, if anything. */
export function recordProblem(
  record: RecordLine,
  line: { bytes: Buffer; from: number; to: number },
  step: number,
): string | undefined {
  if (!record.read(line.bytes, line.from, line.to)) return NOT_A_RECORD;
  return record.step === step ? undefined : `is the record of step ${record.step}`;
}

/**
 * The records of steps 1, 2, 3 and so on from the pieces of a transcript. It is one object that is read into again and again:
 * take out of a record what you need before you go on to the next one.
 */
export class TranscriptReader implements Iterable<RecordLine> {
  /** Records read. */
  steps = 0;
  /** What is wrong with the line after the last record; undefined where no whole line follows it. Known at the end. */
  problem: string | undefined;
  /** Bytes follow that are not a whole line: a run may be writing it, or a crash has cut it off. Known at the end. */
  unfinished = false;
  readonly #pieces: Iterable<Buffer>;

  /** @param pieces the file's bytes; a piece may be read into again once the next one is asked for */
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
        this.problem = NOT_A_RECORD;
        return;
      }
    }
    this.unfinished = rest.length > 0;
  }
}
