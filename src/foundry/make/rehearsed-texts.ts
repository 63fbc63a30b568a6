// The texts of a parent that a recipe rehearses: looked for above the parent and beside the new recipe, and compared with what the parent's
// manifest says it read: a file of the same name may be another text.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { JikjiError, parseJson } from '../../base/index.ts';
import { digestOfFile } from '../../ledger/index.ts';
import { MANIFEST, runPaths } from '../../run-folder/index.ts';
import { findSourceFiles, type ManifestSource } from '../corpus/index.ts';
import { type CorpusRecipe, listOf, type RecipeSource, readRecipe } from '../recipe/index.ts';
import { damaged, readMadeFile } from './made-files.ts';

const RESTORE = 'get the run again from its maker';
/** Folders above a run in which its recipe may have lain, the nearest first. What is found there is compared, so a wrong one does no harm. */
const foldersAbove = (run: string) => [1, 2, 3].map((up) => resolve(run, ...Array(up).fill('..')));

/**
 * The sources of a run as a recipe in `recipeFolder` names them.
 * @throws JikjiError `rehearsed-texts` where a text that the run read is not there as it read it; `run-damaged`
 */
export function rehearsedCorpus(run: string, recipeFolder: string): CorpusRecipe {
  const { corpus } = readRecipe(runPaths(run).recipe);
  const manifest = readMadeFile(MANIFEST, runPaths(run).manifest, RESTORE);
  const folders = [...new Set([...foldersAbove(run), resolve(recipeFolder)])];
  const sources = corpus.sources.map((source, i) => {
    const stated = manifest.sources[i];
    if (!stated) throw damaged("is damaged: its sources are not the recipe's", runPaths(run).manifest, RESTORE);
    if (source.npm !== undefined) return source; // its digest stands in the recipe
    const faults = folders.map((folder) => ({ folder, fault: faultOf(source, folder, listedFiles(run, stated)) }));
    const found = faults.find(({ fault }) => fault === undefined);
    if (found) return withFiles(source, found.folder, recipeFolder);
    // Of the folders that have some of them the nearest to the recipe.
    const { fault } =
      faults.findLast(({ folder }) => [...findSourceFiles(source, folder)].length > 0) ?? faults.at(-1)!;
    const hint = `put its texts (${listOf(source.files).join(', ')}) back as they were, beside the new recipe or in a folder above that run, or name them in corpus.sources and leave from.rehearse out`;
    throw new JikjiError('rehearsed-texts', `from.rehearse: ${fault}`, run, hint);
  });
  return { ...corpus, sources };
}

interface ListedFile {
  path: string;
  bytes: number;
  sha256: string;
}

/** The files that a run read for a source, in order. */
function listedFiles(run: string, { origin: { list } }: ManifestSource): ListedFile[] {
  const path = join(runPaths(run).corpus, list.name);
  if (!existsSync(path) || digestOfFile(path) !== list.sha256)
    throw damaged('is not the list of files that the manifest names', path, RESTORE);
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => parseJson(line) as ListedFile);
}

/** Why the files under a folder are not those that the run read; undefined where they are. */
function faultOf(source: RecipeSource, folder: string, listed: readonly ListedFile[]): string | undefined {
  const files = [...findSourceFiles(source, folder)];
  const missing = listed.find(({ path }) => !files.some(({ label }) => label === path));
  if (missing) return `${missing.path}, which it read, is not there`;
  const more = files.find(({ label }) => !listed.some(({ path }) => label === path));
  if (more) return `${more.label} is not among the texts that it read`;
  const changed = listed.find(({ path: name, bytes, sha256 }) => {
    const { path } = files.find(({ label }) => label === name)!;
    return statSync(path).size !== bytes || digestOfFile(path) !== sha256;
  });
  return changed && `${changed.path} is another text than it read`;
}

/** The source with its patterns relative to another folder. */
function withFiles({ files, ...source }: RecipeSource, from: string, to: string): RecipeSource {
  if (resolve(from) === resolve(to)) return { ...source, files: files! };
  const move = (pattern: string) => (isAbsolute(pattern) ? pattern : relative(resolve(to), join(from, pattern)) || '.');
  return { ...source, files: typeof files === 'string' ? move(files) : files!.map(move) };
}
