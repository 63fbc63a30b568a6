// A sketch of a run's loss: a few single records of its transcript, however long that is. Reads a small piece at each of a few places, and
// checks no order and no chain.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { finiteOrNull } from '../base/index.ts';
import { MAX_RECORD, RecordLine } from '../ledger/index.ts';
import { TRANSCRIPT } from './paths.ts';

export interface LossSketch {
  /** Ascending. */
  step: number[];
  /** Nats a token; null if not finite. */
  loss: (number | null)[];
}

/** Wherever a piece of this size begins, it holds a whole record. */
const PIECE = 2 * MAX_RECORD;

/** At most `points` records at equal distances in the file, with the first and the last. Empty without readable ones. Never throws. */
export function sketchLoss(folder: string, points: number): LossSketch {
  const sketch: LossSketch = { step: [], loss: [] };
  let fd: number | undefined;
  try {
    // O_NONBLOCK: a pipe in the file's place must not block.
    fd = openSync(join(folder, TRANSCRIPT), constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile()) return sketch;
    const buffer = Buffer.alloc(PIECE);
    for (let i = 0; i < points; i++) {
      const isLast = i === points - 1;
      const at = isLast ? Math.max(0, stat.size - PIECE) : Math.floor((i * stat.size) / (points - 1));
      const length = readSync(fd, buffer, 0, Math.min(PIECE, stat.size - at), at);
      const record = recordIn(buffer.subarray(0, length), at === 0, isLast);
      if (!record || record.step <= (sketch.step.at(-1) ?? 0)) continue;
      sketch.step.push(record.step);
      sketch.loss.push(finiteOrNull(record.loss));
    }
  } catch {
    // no file, or one that cannot be read: no more points
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
  return sketch;
}

/** The first whole record of a piece, or the last. `begins`: the piece begins with a line. */
function recordIn(piece: Buffer, begins: boolean, last: boolean): RecordLine | undefined {
  const lines: [from: number, to: number][] = [];
  for (let from = begins ? 0 : piece.indexOf(10) + 1; begins || from > 0; ) {
    const to = piece.indexOf(10, from);
    if (to < 0) break;
    lines.push([from, to]);
    from = to + 1;
  }
  const record = new RecordLine();
  return (last ? lines.reverse() : lines).some(([from, to]) => record.read(piece, from, to)) ? record : undefined;
}
