// sweep.json: the record of a sweep in its folder. Anyone may have changed it, so it is checked when it is read.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { JikjiError, parseJson, systemCode, writeFileAtomic } from '../../base/index.ts';
import { digestSchema } from '../../formats/index.ts';
import { SWEEP } from '../../run-folder/index.ts';

const recordedPoint = z.strictObject({
  /** Name of its run folder. */
  run: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/),
  /** `path=value`, one for each key that its grid varies. */
  over: z.array(z.string().max(10_000)).min(1).max(1000),
  /** Why it failed for good: its training diverges, and would do so again, bit for bit. */
  failure: z.strictObject({ code: z.string().max(100), message: z.string().max(10_000) }).exactOptional(),
});
export type RecordedPoint = z.infer<typeof recordedPoint>;

const sweepSchema = z.strictObject({
  formatVersion: z.literal(1),
  /** Digest of the recipe that all points begin from, with every `--set`. */
  recipe: digestSchema,
  /** The seed that was drawn for all points, where the recipe names none. */
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).exactOptional(),
  /** All points of all grids that were swept in this folder. */
  points: z.array(recordedPoint).max(100_000),
});
export type SweepRecord = z.infer<typeof sweepSchema>;

export const recordPath = (folder: string): string => join(folder, SWEEP);

/** The error of a record that a sweep did not write like this. */
export const damagedRecord = (folder: string, what: string, cause?: unknown): JikjiError =>
  new JikjiError(
    'sweep-damaged',
    what,
    recordPath(folder),
    'restore it, or delete it and sweep into another folder with --out',
    { cause },
  );

/** The record in a folder; undefined if there is none. @throws JikjiError `sweep-damaged` */
export function readRecord(folder: string): SweepRecord | undefined {
  const path = recordPath(folder);
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = parseJson(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw damagedRecord(folder, systemCode(cause) ? 'cannot be read' : 'is damaged: not JSON', cause);
  }
  const checked = sweepSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw damagedRecord(folder, `is damaged: ${checked.error.issues[0]?.path.join('.')} is not valid`);
}

export const writeRecord = (folder: string, record: SweepRecord): void =>
  writeFileAtomic(recordPath(folder), `${JSON.stringify(record, null, 2)}\n`);
