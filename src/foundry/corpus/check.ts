// Cheap checks of a recipe's sources before long work starts: which keys may be combined, whether the files exist.

import type { JikjiError } from '../../base/index.ts';
import { listOf, type RecipeSource } from '../recipe/index.ts';
import { endings } from './readers/index.ts';
import { checkRecipe, sourceError } from './recipe.ts';
import { type FoundFile, findFiles } from './walk.ts';

/**
 * Checks what can be checked without reading a file or asking the network.
 * @throws JikjiError `sources-none`, `source-invalid`, `validation-invalid`, `source-missing`
 */
export function checkSources(sources: RecipeSource[], recipeFolder: string, validation?: number): void {
  if (sources.length === 0) {
    throw sourceError('sources-none', 'no sources are named', 'corpus.sources', 'name at least one text to train on');
  }
  if (sources.length > MAX_SOURCES) {
    throw sourceError(
      'source-invalid',
      `more than ${MAX_SOURCES} sources`,
      'corpus.sources',
      'use patterns in `files`',
    );
  }
  if (validation !== undefined && !(validation >= 0 && validation < 1)) {
    throw sourceError(
      'validation-invalid',
      'the held-out share must be at least 0 and below 1',
      'corpus.validation',
      'use 0.01, a hundredth of the text, or 0',
    );
  }
  sources.forEach((source, i) => {
    const at = `corpus.sources[${i}]`;
    checkRecipe(source, at);
    for (const pattern of listOf(source.files)) {
      if (findFiles([pattern], recipeFolder, wantedBy(source)).next().done)
        throw sourceMissing(source, pattern, `${at}.files`);
    }
  });
}

/** The files of a source that is not a package. */
export const findSourceFiles = (source: RecipeSource, recipeFolder: string): Generator<FoundFile> =>
  findFiles(listOf(source.files), recipeFolder, wantedBy(source));

const MAX_SOURCES = 10_000;

/** Whether a source's reader takes a file of this name out of a folder. */
export const wantedBy = (source: RecipeSource) => (name: string) => endings[source.read].pattern.test(name);

/** The error for a pattern that matches no file. */
export function sourceMissing(source: RecipeSource, pattern: string, at: string): JikjiError {
  const base = source.npm === undefined ? "relative to the recipe's folder" : `inside ${source.npm}`;
  return sourceError(
    'source-missing',
    `no file matches ${JSON.stringify(pattern)}`,
    at,
    `check the name, ${base}; from a folder, ${source.read} takes files ending in ${endings[source.read].words}`,
  );
}
