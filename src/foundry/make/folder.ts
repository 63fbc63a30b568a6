// Who may work in a run's folder. A folder that holds something else is never touched.

import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  holdsLock,
  isRunning,
  JikjiError,
  makeFolder,
  takeLock,
  writeFailure,
  writeFileAtomic,
} from '../../base/index.ts';
import { canonicalJson, type Json } from '../../ledger/index.ts';
import { RUN_LOCK, runPaths } from '../../run-folder/index.ts';
import { parseRecipe, type Recipe, recipeDigestInput, recipeToYaml } from '../recipe/index.ts';

/** A folder that is ours while we work in it. */
export interface Claim {
  /** True where there was no run yet: all that is in it now is ours. */
  fresh: boolean;
  /** Whether it is still ours. */
  holds: () => boolean;
  release: () => void;
}

/** Takes the folder for this process. The recipe is written before anything else. */
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
    checkFolder(folder, recipe, resume); // what another process did before we had the lock
    removeLeftovers(folder);
    const fresh = !existsSync(runPaths(folder).recipe);
    if (fresh) writeFileAtomic(runPaths(folder).recipe, recipeToYaml(recipe));
    return { fresh, holds: () => holdsLock(lock), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Takes back a run that came to nothing before it began: what make writes before training, and the folder if that was all. */
export function forgetRun(folder: string): void {
  const { corpus, tokenizer, recipe } = runPaths(folder);
  try {
    for (const path of [corpus, dirname(tokenizer), recipe, join(folder, RUN_LOCK)]) {
      rmSync(path, { recursive: true, force: true });
    }
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  } catch {
    // why it came to nothing is what is being reported
  }
}

/** Removes what killed processes left half-written. We hold the lock, so the only drafts of others are those of their locks. */
function removeLeftovers(folder: string): void {
  const paths = runPaths(folder);
  const own = [...Object.values(paths), join(folder, RUN_LOCK)].map((path) => basename(path));
  for (const inside of [folder, paths.corpus, dirname(paths.tokenizer), paths.checkpoints]) {
    for (const name of existsSync(inside) ? readdirSync(inside) : []) {
      const [, what, pid] = /^(.+)\.(\d+)\.tmp$/.exec(name) ?? [];
      if (what === undefined || (inside === folder && !own.includes(what))) continue;
      if (what === RUN_LOCK && isRunning(Number(pid))) continue;
      rmSync(join(inside, name), { recursive: true, force: true });
    }
  }
}

/**
 * Whether this run can be made in a folder, or gone on with there.
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
      `holds files that are not a run's (${others[0]}, ...)`,
      folder,
      'choose another folder with --out',
    );
  }
  const there = parseRecipe(readFileSync(recipeFile, 'utf8'), { file: recipeFile });
  const different = firstDifference(recipeDigestInput(there), recipeDigestInput(recipe));
  if (different !== undefined) {
    throw new JikjiError(
      'folder-holds-another-run',
      `holds another run: its ${different}`,
      folder,
      'choose another folder with --out, or make the recipe the same again',
    );
  }
  if (!resume) {
    throw new JikjiError(
      'folder-holds-run',
      'this folder already holds this run',
      folder,
      'go on with it by --resume, or choose another folder with --out',
    );
  }
}

/** Where two values differ first, as `key is A, not B`; undefined where they are the same. */
function firstDifference(there: Json | undefined, wanted: Json | undefined, path = ''): string | undefined {
  const isBranch = (v: Json | undefined): v is { [key: string]: Json } => typeof v === 'object' && v !== null;
  if (isBranch(there) && isBranch(wanted)) {
    for (const key of new Set([...Object.keys(there), ...Object.keys(wanted)])) {
      const found = firstDifference(there[key], wanted[key], path ? `${path}.${key}` : key);
      if (found) return found;
    }
    return undefined;
  }
  const show = (v: Json | undefined) => (v === undefined ? 'not there' : canonicalJson(v));
  return show(there) === show(wanted) ? undefined : `${path} is ${show(there)}, not ${show(wanted)}`;
}
