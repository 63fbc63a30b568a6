// Claims a run folder for one process. Never touches a folder that holds anything but a run.

import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  holdsLock,
  isRunning,
  JikjiError,
  makeFolder,
  shellWord,
  takeLock,
  writeFailure,
  writeFileAtomic,
} from '../../base/index.ts';
import { canonicalJson, digestOfJson, type Json, readStatement } from '../../ledger/index.ts';
import { RUN_LOCK, runPaths, unnoteRun } from '../../run-folder/index.ts';
import {
  drawSeed,
  parseRunRecipe,
  type Recipe,
  type RunRecipe,
  recipeDigestInput,
  recipeToYaml,
  withSeed,
} from '../recipe/index.ts';

/** A run folder that this process holds. */
export interface Claim {
  /** True where the folder had no run yet: everything in it now was written by this process. */
  fresh: boolean;
  /** The recipe with its seed: its own, that of the run in the folder, or one drawn now. */
  recipe: RunRecipe;
  /** Whether this process still holds the folder. */
  holds: () => boolean;
  release: () => void;
}

/**
 * Locks the folder for this process, and writes the recipe into it before anything else.
 * @throws JikjiError as `checkFolder`; where another process holds the lock, or the folder cannot be written
 */
export function claimFolder(folder: string, recipe: Recipe, resume: boolean): Claim {
  checkFolder(folder, recipe, resume);
  try {
    makeFolder(folder);
  } catch (error) {
    throw writeFailure(error, folder);
  }
  const lock = join(folder, RUN_LOCK);
  const release = takeLock(lock, 'this run');
  try {
    checkFolder(folder, recipe, resume); // again: another process may have changed it before we had the lock
    removeLeftovers(folder);
    const fresh = !existsSync(runPaths(folder).recipe);
    const seed = recipe.seed ?? (fresh ? drawSeed() : readRecipeOf(folder).seed);
    const seeded = withSeed(recipe, seed);
    if (fresh) writeFileAtomic(runPaths(folder).recipe, recipeToYaml(seeded));
    return { fresh, recipe: seeded, holds: () => holdsLock(lock), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Removes a run that failed before training: from the list, the files that make has written, and the folder if it is then empty. */
export function forgetRun(folder: string): void {
  unnoteRun(folder);
  const { corpus, tokenizer, start, recipe } = runPaths(folder);
  try {
    for (const path of [corpus, dirname(tokenizer), dirname(start), recipe, join(folder, RUN_LOCK)]) {
      rmSync(path, { recursive: true, force: true });
    }
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  } catch {
    // the failure that led here is reported instead
  }
}

/** Removes temporary files of killed processes. We hold the lock, so live processes have temporary files for their locks only. */
function removeLeftovers(folder: string): void {
  const paths = runPaths(folder);
  const runFiles = [...Object.values(paths), dirname(paths.start), join(folder, RUN_LOCK)].map((path) =>
    basename(path),
  );
  for (const parent of [folder, paths.corpus, dirname(paths.tokenizer), dirname(paths.start), paths.checkpoints]) {
    for (const name of existsSync(parent) ? readdirSync(parent) : []) {
      const [, target, pid] = /^(.+)\.(\d+)\.tmp$/.exec(name) ?? [];
      if (target === undefined || (parent === folder && !runFiles.includes(target))) continue;
      if (target === RUN_LOCK && isRunning(Number(pid))) continue;
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

/**
 * Checks that this run can begin or resume in a folder.
 * @throws JikjiError `not-a-folder`, `folder-not-empty`, `folder-holds-another-run`, `folder-holds-run`
 */
export function checkFolder(folder: string, recipe: Recipe, resume: boolean): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) {
    throw new JikjiError('not-a-folder', 'is a file, not a folder', folder, 'choose another folder with --out');
  }
  const { recipe: recipeFile } = runPaths(folder);
  if (!existsSync(recipeFile)) {
    const others = readdirSync(folder).filter((name) => name !== RUN_LOCK && !name.endsWith('.tmp'));
    if (others.length === 0) return;
    throw new JikjiError(
      'folder-not-empty',
      `holds files that do not belong to a run (${others[0]}, ...)`,
      folder,
      'choose another folder with --out',
    );
  }
  const existing = readRecipeOf(folder);
  // A recipe without a seed says nothing of it: the run keeps the one that it began with.
  const wanted = withSeed(recipe, recipe.seed ?? existing.seed);
  const difference = firstDifference(recipeDigestInput(existing), recipeDigestInput(wanted));
  if (difference !== undefined) {
    const hint = hintFor(folder, existing, wanted);
    throw new JikjiError('folder-holds-another-run', `holds another run: its ${difference}`, folder, hint);
  }
  if (!resume) {
    throw new JikjiError(
      'folder-holds-run',
      'this folder already holds this run',
      folder,
      'go on with --resume, or choose another folder with --out',
    );
  }
}

/** The folder of the run whose recipe lies in `file`; undefined where the recipe is not that of a run that has begun there. */
export function folderOfRun(file: string): string | undefined {
  const folder = dirname(file);
  const { recipe, genesis } = runPaths(folder);
  if (basename(file) !== basename(recipe) || !existsSync(genesis)) return undefined;
  try {
    const { commitment } = readStatement(genesis, 'genesis').predicate;
    return commitment.recipe === digestOfJson(recipeDigestInput(readRecipeOf(folder))) ? folder : undefined;
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}

/** How to go on with a run where another recipe was named. */
function hintFor(folder: string, existing: RunRecipe, wanted: RunRecipe): string {
  const { recipe, seal } = runPaths(folder);
  const isFinished = existsSync(seal);
  const call =
    !isFinished && folderOfRun(recipe) !== undefined ? `jikji make ${shellWord(recipe)} --resume` : undefined;
  const longer = moreSteps(folder, existing, wanted);
  if (longer !== undefined && !isFinished)
    return `finish it first${call ? `: ${call}` : ' with its own recipe and --resume'}; then, ${longer}`;
  if (longer !== undefined) return longer;
  if (call) return `go on with that run: ${call}; or choose another folder with --out`;
  return "choose another folder with --out, or use that run's recipe";
}

/** How a run is trained longer, where that is what was asked for: the schedule of a run ends with its steps, so they cannot become more. */
function moreSteps(folder: string, existing: RunRecipe, wanted: RunRecipe): string | undefined {
  const steps = wanted.train.steps - existing.train.steps;
  if (steps <= 0 || firstDifference(trainless(existing), trainless(wanted)) !== undefined) return undefined;
  const lines = `from: { run: ${resolve(folder)} } and train: { steps: ${steps} }`;
  return `to train it longer, make a new run of a copy of its recipe with another name, without model and tokenizer, and with ${lines}`;
}

/** The recipe without its training: defaults there follow from the number of steps. */
const trainless = (recipe: RunRecipe): Json => {
  const { train: _, ...rest } = recipeDigestInput(recipe) as { [key: string]: Json };
  return rest;
};

/** The recipe of the run in a folder. */
function readRecipeOf(folder: string): RunRecipe {
  const { recipe } = runPaths(folder);
  return parseRunRecipe(readFileSync(recipe, 'utf8'), recipe);
}

/** The first difference between two values, as `key is A, not B`; undefined where they are equal. */
function firstDifference(existing: Json | undefined, wanted: Json | undefined, path = ''): string | undefined {
  const isBranch = (v: Json | undefined): v is { [key: string]: Json } => typeof v === 'object' && v !== null;
  if (isBranch(existing) && isBranch(wanted)) {
    for (const key of new Set([...Object.keys(existing), ...Object.keys(wanted)])) {
      const difference = firstDifference(existing[key], wanted[key], path ? `${path}.${key}` : key);
      if (difference) return difference;
    }
    return undefined;
  }
  const show = (v: Json | undefined) => (v === undefined ? 'not there' : canonicalJson(v));
  return show(existing) === show(wanted) ? undefined : `${path} is ${show(existing)}, not ${show(wanted)}`;
}
