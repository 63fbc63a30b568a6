// The plan of a sweep: all points of its grid as recipes that have been read and checked, each with its run folder. Writes nothing.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { digestOfJson } from '../../ledger/index.ts';
import { RUN_LOCK } from '../../run-folder/index.ts';
import { checkFolder, parentShape } from '../make/index.ts';
import { parseRecipe, type Recipe, readRecipeText, recipeDigestInput } from '../recipe/index.ts';
import { pointsOfGrid } from './grid.ts';
import { freeName, pointName, recipeName } from './point-name.ts';
import { damagedRecord, type RecordedPoint, readRecord } from './record.ts';

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
  recipe: Recipe;
  failure: RecordedPoint['failure'];
}

export interface SweepPlan {
  out: string;
  /** The text of the recipe's file, and its name. */
  text: string;
  file: string;
  set: readonly string[];
  /** The recipe without the values of a point. */
  base: Recipe;
  recipeDigest: string;
  /** The points of this grid. */
  points: Point[];
  /** The points of earlier grids in the same folder. */
  earlier: Point[];
}

/** The same for two recipes that differ in nothing but their names. */
const identityOf = (recipe: Recipe): string => digestOfJson(JSON.parse(JSON.stringify({ ...recipe, name: '' })));

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

/** Reads the recipe of a point. An error about one of its values names the whole point. */
function recipeOf(plan: Pick<SweepPlan, 'text' | 'file' | 'set'>, over: readonly string[]): Recipe {
  const { text, file, set } = plan;
  try {
    const recipe = parseRecipe(text, { file, overrides: [...set, ...over], shapeOf: parentShape(dirname(file)) });
    if (recipe.corpus.validation > 0) return recipe;
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
  const base = parseRecipe(text, { file, overrides: set, shapeOf: parentShape(dirname(file)) });
  const written = { text, file, set };
  const grid = pointsOfGrid(over, set).map((values) => ({ over: values, recipe: recipeOf(written, values) }));
  checkDistinct(grid);

  const out = folder ?? join('runs', `${base.name}-sweep`);
  const recipeDigest = digestOfJson(recipeDigestInput(base));
  const record = readRecord(out);
  if (!record) checkSweepFolder(out);
  else if (record.recipe !== recipeDigest) {
    const hint = 'choose another folder with --out, or use its recipe and --set';
    throw new JikjiError('folder-holds-another-sweep', 'holds a sweep of another recipe', out, hint);
  }
  const known = new Map<string, Point>();
  const pointOf = (recipe: Recipe, { run: name, over, failure }: RecordedPoint): Point => {
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
  return { out, ...written, base, recipeDigest, points, earlier: [...known.values()] };
}

function checkDistinct(grid: readonly { over: readonly string[]; recipe: Recipe }[]): void {
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

function recordedRecipe(written: Pick<SweepPlan, 'text' | 'file' | 'set'>, point: RecordedPoint, out: string): Recipe {
  try {
    return recipeOf(written, point.over);
  } catch (error) {
    throw error instanceof JikjiError ? damagedRecord(out, `is damaged: ${point.run} is not valid`, error) : error;
  }
}
