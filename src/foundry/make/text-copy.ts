// Copies what the stages before training have made from one run to another whose recipe asks for the same. Each run keeps its own files:
// the evidence of one does not depend on the folder of another.

import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolder, writeFileAtomic, writeFolderAtomic } from '../../base/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { parseRecipe, type Recipe } from '../recipe/index.ts';

/**
 * Copies corpus, tokenizer and tokens of the run `from` into `to`, a folder that has none yet. Returns whether it did: not where `from`
 * has no tokens, or a recipe with other texts, another tokenizer or another parent. The stages then check the files, as they do when a run resumes.
 */
export function copyText(from: string, to: string, recipe: Recipe): boolean {
  const source = runPaths(from);
  const target = runPaths(to);
  if (existsSync(target.manifest)) return false;
  if (
    ![source.recipe, source.tokenizer, source.tokens, ...(recipe.chat ? [source.chatTemplate] : [])].every((path) =>
      existsSync(path),
    )
  )
    return false;
  const other = parseRecipe(readFileSync(source.recipe, 'utf8'), { file: source.recipe });
  // A run with a parent has the parent's tokenizer.
  const asksFor = ({ from, corpus, tokenizer, chat }: Recipe) => ({ from, corpus, tokenizer, chat });
  if (!isDeepStrictEqual(asksFor(other), asksFor(recipe))) return false;
  makeFolder(dirname(target.tokenizer));
  writeFileAtomic(target.tokenizer, readFileSync(source.tokenizer));
  if (recipe.chat) writeFileAtomic(target.chatTemplate, readFileSync(source.chatTemplate));
  writeFolderAtomic(target.corpus, (folder) => {
    for (const { name } of readdirSync(source.corpus, { withFileTypes: true }).filter((entry) => entry.isFile())) {
      if (name.endsWith('.tmp')) continue;
      copyFileSync(join(source.corpus, name), join(folder, name), constants.COPYFILE_FICLONE);
      syncFile(join(folder, name));
    }
  });
  return true;
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
