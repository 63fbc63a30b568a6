// A sketch of a run's loss: a few single records of its transcript, however long that is. Reads a small piece at each of a few places, and
// checks no order and no chain.

import { join } from 'node:path';
import { finiteOrNull } from '../base/index.ts';
import { firstRecord, lastRecord, MAX_RECORD } from '../ledger/index.ts';
import { TRANSCRIPT } from './paths.ts';
import { withPlainFile } from './plain-file.ts';

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
  withPlainFile(join(folder, TRANSCRIPT), (size, read) => {
    for (let i = 0; i < points; i++) {
      const isLast = i === points - 1;
      const piece = read(isLast ? Math.max(0, size - PIECE) : Math.floor((i * size) / (points - 1)), PIECE);
      const record = isLast ? lastRecord(piece) : firstRecord(piece);
      if (!record || record.step <= (sketch.step.at(-1) ?? 0)) continue;
      sketch.step.push(record.step);
      sketch.loss.push(finiteOrNull(record.loss));
    }
  });
  return sketch;
}
