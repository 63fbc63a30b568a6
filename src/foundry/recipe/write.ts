// Writes a recipe: as YAML, and as the JSON value whose digest is signed.

import { stringify } from 'yaml';
import { parseJson } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import type { Recipe, RunRecipe } from './types.ts';

/** The recipe as YAML with every default; `parseRecipe` gives the same recipe again. */
export function recipeToYaml(recipe: Recipe): string {
  const text = stringify(recipe, { lineWidth: 0, aliasDuplicateObjects: false });
  // 1e-8 is a number to YAML 1.2 and a text to YAML 1.1 readers (PyYAML); 1.0e-8 is a number to both.
  return text.replace(/: (-?\d+)e([-+]\d+)$/gm, ': $1.0e$2');
}

/** The recipe as JSON without train.microBatchSize, which changes no bit of a run. */
export function recipeDigestInput(recipe: RunRecipe): Json {
  const { microBatchSize: _, ...train } = recipe.train;
  return parseJson(JSON.stringify({ ...recipe, train })) as Json;
}
