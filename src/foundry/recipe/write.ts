// A recipe back to text: as YAML for people, and as the value that digests are taken over.

import { stringify } from 'yaml';
import type { Json } from '../../ledger/index.ts';
import type { Recipe } from './types.ts';

/** The recipe as YAML with every default written out; parseRecipe gives the same recipe back. */
export function recipeToYaml(recipe: Recipe): string {
  const text = stringify(recipe, { lineWidth: 0, aliasDuplicateObjects: false });
  // 1e-8 is a number to YAML 1.2 and a text to YAML 1.1 readers (PyYAML); 1.0e-8 is a number to both.
  return text.replace(/: (-?\d+)e([-+]\d+)$/gm, ': $1.0e$2');
}

/** What the bits of a run depend on, as JSON: the whole recipe but train.microBatchSize, which may change no bit. */
export function recipeDigestInput(recipe: Recipe): Json {
  const { microBatchSize: _, ...train } = recipe.train;
  return JSON.parse(JSON.stringify({ ...recipe, train }));
}
