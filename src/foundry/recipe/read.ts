// Reads a recipe's text into a checked, complete recipe. Every error names the key and its line. Knows nothing of runs.

import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { JikjiError, systemCode } from '../../base/index.ts';
import {
  MAX_YAML_BYTES,
  nameFromFile,
  nearestName,
  parseYamlFile,
  readStart,
  validateYaml,
  type YamlValue,
} from '../../formats/index.ts';
import { RECIPE as RECIPE_FILE } from '../../run-folder/index.ts';
import { applyOverride } from './override.ts';
import { type ParentShape, takeShape } from './parent-shape.ts';
import { resolveRecipe } from './resolve.ts';
import { type From, RECIPE, recipeSchema } from './schema.ts';
import { withSeed } from './seed.ts';
import type { Recipe, RunRecipe } from './types.ts';

/** The default name: `My Recipe.yaml` becomes `my-recipe`. */
const nameOf = (file: string) => nameFromFile(file) || 'recipe';

/** Makes a section whose lines are all commented out an empty section. */
function emptySections(recipe: YamlValue): YamlValue {
  if (recipe === null) return Object.create(null);
  if (typeof recipe === 'object' && !Array.isArray(recipe)) {
    for (const key of ['corpus', 'tokenizer', 'chat', 'model', 'train']) {
      if (recipe[key] === null) recipe[key] = Object.create(null);
    }
  }
  return recipe;
}

export interface ParseOptions {
  /** Names the recipe in errors, and gives the default name. */
  file: string;
  /** `path=value` each. */
  overrides?: readonly string[];
  /** Gives the shape of the model that the recipe begins with. Without it the recipe must state that shape, as those in run folders do. */
  shapeOf?: (from: From) => ParentShape;
}

/**
 * Reads a recipe from its text.
 * @throws JikjiError `recipe-yaml`, `recipe-duplicate-key`, `recipe-unknown-key`, `recipe-missing-key`, `recipe-type`,
 * `recipe-range`, `recipe-conflict`, `recipe-override`; what `shapeOf` throws
 */
export function parseRecipe(text: string, { file, overrides = [], shapeOf }: ParseOptions): Recipe {
  const { plain, places } = parseYamlFile(text, file, RECIPE);
  const overridden = overrides.reduce((value, override) => applyOverride(value, override, places), plain);
  const whole = takeShape(emptySections(overridden), places, shapeOf);
  const recipe = validateYaml({ plain: whole, places }, recipeSchema, RECIPE);
  return resolveRecipe(recipe, nameOf(file), places);
}

/**
 * Reads the recipe of a run from its text.
 * @throws JikjiError as `parseRecipe`; `recipe-missing-key` without a seed: it would be the recipe of other weights each time
 */
export function parseRunRecipe(text: string, file: string): RunRecipe {
  const recipe = parseRecipe(text, { file });
  if (recipe.seed !== undefined) return withSeed(recipe, recipe.seed);
  throw new JikjiError(
    'recipe-missing-key',
    'seed is missing, which the recipe of a run states',
    file,
    'restore the file: make wrote the seed into it',
  );
}

/** The recipe beside `path` with the nearest name, as a hint; undefined where none is near. */
function meant(path: string): string | undefined {
  const folder = dirname(path);
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => /\.ya?ml$/i.test(name));
  } catch {
    // The hint is about the path then.
  }
  const near = nearestName(basename(path), names.slice(0, 5000));
  return near && `did you mean ${join(folder, near.name)}?`;
}

/**
 * Reads the text of a recipe file.
 * @throws JikjiError `recipe-not-found`, `recipe-not-readable`
 */
export function readRecipeText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readStart(path, MAX_YAML_BYTES + 1); // one byte more shows that a file is too long, even a device or a disk image
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const hint = meant(path) ?? 'check the path; jikji init DIR writes a recipe';
      throw new JikjiError('recipe-not-found', 'there is no such recipe', path, hint);
    }
    const message = code === 'EISDIR' ? 'a recipe is a file, this is a folder' : `the recipe cannot be read (${code})`;
    const hint =
      (code === 'EISDIR' ? meant(join(path, RECIPE_FILE)) : undefined) ?? 'name a .yaml file that you may read';
    throw new JikjiError('recipe-not-readable', message, path, hint, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new JikjiError('recipe-not-readable', 'the recipe is not UTF-8 text', path, 'save it as UTF-8');
  }
}

/**
 * Reads a recipe file.
 * @throws JikjiError as `readRecipeText` and `parseRecipe`
 */
export const readRecipe = (
  path: string,
  overrides: readonly string[] = [],
  shapeOf?: ParseOptions['shapeOf'],
): Recipe => parseRecipe(readRecipeText(path), { file: path, overrides, ...(shapeOf && { shapeOf }) });
