// The plan of a sweep: all points of its grid as recipes that have been read and checked, each with its run folder. Writes nothing.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JikjiError, parseJson } from '../../base/index.ts';
import { digestOfJson, type Json } from '../../ledger/index.ts';
import { RUN_LOCK, RUNS } from '../../run-folder/index.ts';
import { checkFolder, parentShape } from '../make/index.ts';
import {
  drawSeed,
  parseRecipe,
  type Recipe,
  type RunRecipe,
  readRecipeText,
  recipeDigestInput,
  withSeed,
} from '../recipe/index.ts';
import { pointsOfGrid } from './grid.ts';
import { freeName, pointName, recipeName } from './point-name.ts';
import { damagedRecord, type RecordedPoint, readRecord, type SweepRecord } from './record.ts';

export interface SweepOptions {
  /** The recipe's file. */
  file: string;
  /** `path=value`, the same in all points. */
  set: readonly string[];
  /** `path=value,value,...`, one for each key that is varied. */
  over: readonly string[];
  /** The sweep's folder; by default `runs/NAME-sweep`. */
  out?: string | undefined;
}

export interface Point {
  /** Name of its run folder inside the sweep's. */
  name: string;
  /** The run folder. */
  run: string;
  /** `path=value` of each key that its grid varies. */
  over: string[];
  recipe: RunRecipe;
  failure: RecordedPoint['failure'];
}

export interface SweepPlan {
  out: string;
  /** The text of the recipe's file, and its name. */
  text: string;
  file: string;
  /** `path=value` of all points: what was set, and before it the seed that was drawn. */
  fixed: readonly string[];
  /** The recipe without the values of a point. */
  base: RunRecipe;
  recipeDigest: string;
  /** Where the recipe names no seed: the one of all points that vary none. `isNew` in the call that draws it. */
  drawn: { seed: number; isNew: boolean } | undefined;
  /** The points of this grid. */
  points: Point[];
  /** The points of earlier grids in the same folder. */
  earlier: Point[];
}

/** The same for two recipes that differ in nothing but their names. */
const identityOf = (recipe: RunRecipe) => digestOfJson(parseJson(JSON.stringify({ ...recipe, name: '' })) as Json);

/** Refuses a folder that holds anything but a sweep. */
function checkSweepFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory())
    throw new JikjiError('not-a-folder', 'is a file, not a folder', folder, 'choose another folder with --out');
  const other = readdirSync(folder).find((name) => name !== RUN_LOCK && !name.endsWith('.tmp'));
  if (other === undefined) return;
  throw new JikjiError(
    'folder-not-empty',
    `holds files that do not belong to a sweep (${other}, ...)`,
    folder,
    'choose another folder with --out',
  );
}

type Written = Pick<SweepPlan, 'text' | 'file' | 'fixed' | 'base'>;

/** The seed of a recipe that names none, in releases that drew no seeds: the sweeps that they began go on with it. */
const UNDRAWN_SEED = 1377;

/** The seed of a sweep whose recipe names none: one for all its points, kept in its record. */
function drawnSeed(recipe: Recipe, record: SweepRecord | undefined): SweepPlan['drawn'] {
  if (record?.seed !== undefined) return { seed: record.seed, isNew: false };
  if (recipe.seed !== undefined) return undefined;
  return record ? { seed: UNDRAWN_SEED, isNew: false } : { seed: drawSeed(), isNew: true };
}

/** Reads the recipe of a point. An error about one of its values names the whole point. */
function recipeOf(plan: Written, over: readonly string[]): RunRecipe {
  const { text, file, fixed, base } = plan;
  try {
    const recipe = parseRecipe(text, { file, overrides: [...fixed, ...over], shapeOf: parentShape(dirname(file)) });
    if (recipe.corpus.validation > 0) return withSeed(recipe, recipe.seed ?? base.seed);
  } catch (error) {
    const isOfPoint = error instanceof JikjiError && over.some((value) => error.input === `--set ${value}`);
    if (isOfPoint) throw error.reworded({ input: over.map((value) => `--over ${value}`).join(' ') });
    throw error;
  }
  throw new JikjiError(
    'sweep-grid',
    'corpus.validation is 0: the runs could not be compared',
    file,
    'hold out some text: --set corpus.validation=0.01',
  );
}

/**
 * Plans a sweep: reads the recipe, checks every point of the grid, and finds the points that its folder has already.
 * @throws JikjiError `sweep-grid`, `sweep-damaged`, `folder-holds-another-sweep`, or as `readRecipe` and `checkFolder`
 */
export function planSweep({ file, set, over, out: folder }: SweepOptions): SweepPlan {
  const text = readRecipeText(file);
  const read = parseRecipe(text, { file, overrides: set, shapeOf: parentShape(dirname(file)) });
  const axes = pointsOfGrid(over, set);
  const out = folder ?? join(RUNS, `${read.name}-sweep`);
  const record = readRecord(out);
  const drawn = drawnSeed(read, record);
  const base = withSeed(read, read.seed ?? drawn!.seed);
  const fixed = read.seed === undefined ? [`seed=${base.seed}`, ...set] : set;
  const written = { text, file, fixed, base };
  const grid = axes.map((values) => ({ over: values, recipe: recipeOf(written, values) }));
  checkDistinct(grid);

  const recipeDigest = digestOfJson(recipeDigestInput(base));
  if (!record) checkSweepFolder(out);
  else if (record.recipe !== recipeDigest) {
    const hint = 'choose another folder with --out, or use its recipe and --set';
    throw new JikjiError('folder-holds-another-sweep', 'holds a sweep of another recipe', out, hint);
  }
  const known = new Map<string, Point>();
  const pointOf = (recipe: RunRecipe, { run: name, over, failure }: RecordedPoint): Point => {
    const point = { name, run: join(out, name), over, failure, recipe };
    return { ...point, recipe: { ...recipe, name: recipeName(base.name, name) } };
  };
  for (const recorded of record?.points ?? []) {
    const recipe = recordedRecipe(written, recorded, out);
    known.set(identityOf(recipe), pointOf(recipe, recorded));
  }
  const names = new Set([...known.values()].map(({ name }) => name));
  const points = grid.map(({ over, recipe }): Point => {
    const id = identityOf(recipe);
    const before = known.get(id);
    known.delete(id);
    if (before) return before;
    const name = freeName(pointName(over), (taken) => names.has(taken), id);
    names.add(name);
    return pointOf(recipe, { run: name, over });
  });
  for (const { run, recipe } of points) checkFolder(run, recipe, true);
  return { out, ...written, recipeDigest, drawn, points, earlier: [...known.values()] };
}

function checkDistinct(grid: readonly { over: readonly string[]; recipe: RunRecipe }[]): void {
  const seen = new Map<string, readonly string[]>();
  for (const { over, recipe } of grid) {
    const id = identityOf(recipe);
    const same = seen.get(id);
    if (same) {
      const input = `--over ${over.join(' --over ')}`;
      throw new JikjiError('sweep-grid', `this point is the same recipe as ${same.join(' ')}`, input, 'give it once');
    }
    seen.set(id, over);
  }
}

function recordedRecipe(written: Written, point: RecordedPoint, out: string): RunRecipe {
  try {
    return recipeOf(written, point.over);
  } catch (error) {
    throw error instanceof JikjiError ? damagedRecord(out, `is damaged: ${point.run} is not valid`, error) : error;
  }
}
