// Makes the runs of a sweep that are missing, one after another, and keeps its record. Knows neither what makes a run nor the table.

import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, JikjiError, makeFolder, takeLock, writeFailure } from '../../base/index.ts';
import { RUN_LOCK, runPaths } from '../../run-folder/index.ts';
import { type Point, planSweep, type SweepOptions, type SweepPlan } from './plan.ts';
import { recordPath, writeRecord } from './record.ts';

/** Failures that a point's own values cause. Any other would also end the next run. */
const OF_POINT: readonly string[] = [
  'not-finite',
  'no-memory',
  'too-large',
  'corpus-too-small',
  'groups-ranks',
] satisfies ErrorCode[];

/** Whether a failure is one point's alone: the sweep goes on. */
export const isOfPoint = ({ code }: { code: string }): boolean => OF_POINT.includes(code);

/** A failure that comes again, whenever and wherever the run is made: it diverges to the same bits. */
const FINAL = 'not-finite';

/** Whether a run that failed like this is not made again. */
export const isFinal = ({ code }: { code: string }): boolean => code === FINAL;

export const isFinished = ({ run }: Point): boolean => existsSync(runPaths(run).result);

/** Whether a run is still to be made: a finished one is kept, and so is one that diverged. */
export const isOpen = (point: Point): boolean => !isFinished(point) && !(point.failure && isFinal(point.failure));

/**
 * Plans a sweep and holds its folder while `work` runs. A folder in which nothing was made is removed again.
 * @throws JikjiError as `planSweep`; `locked`
 */
export async function inSweep<T>(options: SweepOptions, work: (plan: SweepPlan) => Promise<T>): Promise<T> {
  const { out } = planSweep(options); // fails before anything is written
  try {
    makeFolder(out);
  } catch (error) {
    throw writeFailure(error, out);
  }
  const release = takeLock(join(out, RUN_LOCK), 'this sweep');
  try {
    const plan = planSweep(options); // again: another process may have changed the folder before we had the lock
    keepRecord(plan);
    return await work(plan);
  } finally {
    removeUnused(out);
    release();
    removeEmpty(out);
  }
}

function keepRecord({ out, recipeDigest, drawn, earlier, points }: SweepPlan): void {
  const recorded = [...earlier, ...points].map(({ name, over, failure }) => ({
    run: name,
    over,
    ...(failure && { failure }),
  }));
  writeRecord(out, { formatVersion: 1, recipe: recipeDigest, ...(drawn && { seed: drawn.seed }), points: recorded });
}

/** Removes the record where it is all there is. */
function removeUnused(folder: string): void {
  const hasRuns = readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isDirectory());
  if (!hasRuns) rmSync(recordPath(folder), { force: true });
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not empty
  }
}

export interface PointMaker {
  /** Makes the run of a point. `textFrom` is a run of the sweep from which texts may be copied. */
  make: (point: Point, textFrom: string | undefined) => Promise<unknown>;
  /** Called with a failure after which the sweep goes on. */
  onFailure: (error: JikjiError) => void;
  /** Whether a failure is the point's alone; by default `isOfPoint`. */
  isAlone?: (error: JikjiError) => boolean;
}

/**
 * Makes every open run of the plan, in order. A failure that is a point's alone is recorded, and the sweep goes on; any other ends it.
 * @throws what `make` throws
 */
export async function makePoints(plan: SweepPlan, { make, onFailure, isAlone = isOfPoint }: PointMaker): Promise<void> {
  for (const point of plan.points.filter(isOpen)) {
    point.failure = undefined;
    try {
      await make(point, textSource(plan, point));
    } catch (error) {
      if (!(error instanceof JikjiError) || !isAlone(error)) throw error;
      point.failure = { code: error.code, message: error.message };
      onFailure(error);
    }
    keepRecord(plan);
  }
}

/** A run of the sweep with the same texts and tokenizer, whose tokens are made. */
function textSource({ points, earlier }: SweepPlan, { run, recipe }: Point): string | undefined {
  const asksFor = (of: Point['recipe']) => JSON.stringify([of.corpus, of.tokenizer]);
  return [...points, ...earlier].find(
    (other) => other.run !== run && asksFor(other.recipe) === asksFor(recipe) && existsSync(runPaths(other.run).tokens),
  )?.run;
}
