// How hard texts are to predict, from samples spread over them: of files before a corpus is made, or of a corpus. Trains nothing.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readUnzipped } from '../../formats/index.ts';
import { isConversations, type RecipeSource, TextSample } from '../recipe/index.ts';
import { findSourceFiles } from './check.ts';
import { readDocumentsSync } from './documents.ts';
import type { CorpusManifest } from './manifest.ts';
import { readers } from './readers/index.ts';
import { textOf } from './text.ts';
import type { FoundFile } from './walk.ts';

/** Of longer texts only the start of each file is read: an equal share of all files. */
const MAX_READ = 2 ** 28;

/** The difficulty of a corpus's training text; a source counts by its size. Undefined where the text is too short for a sample. */
export function corpusDifficulty(corpusFolder: string, { sources, bytes }: CorpusManifest): number | undefined {
  const share = Math.min(1, MAX_READ / bytes.train);
  const sample = new TextSample(share * bytes.train);
  for (const source of sources) {
    let left = share * source.bytes.train;
    for (const document of readDocumentsSync(join(corpusFolder, source.files.train.name))) {
      left -= sample.add(`${document}\n`);
      if (left <= 0) break;
    }
  }
  return sample.difficulty;
}

/**
 * The difficulty of the texts in files, about `textBytes` of text. Duplicates count, which a corpus drops. A file that cannot be read as
 * its source says counts as far as it can be read: making the corpus reports it.
 */
export async function filesDifficulty(
  sources: readonly RecipeSource[],
  recipeFolder: string,
  textBytes: number,
): Promise<number | undefined> {
  const share = Math.min(1, MAX_READ / textBytes);
  const sample = new TextSample(share * textBytes);
  for (const source of sources.filter(({ read }) => !isConversations(read))) {
    for (const file of findSourceFiles(source, recipeFolder)) {
      try {
        await readPart(file, source, share, sample);
      } catch (error) {
        if (!(error instanceof JikjiError)) throw error;
      }
    }
  }
  return sample.difficulty;
}

/** Reads the documents in the first part of a file into a sample. */
async function readPart(
  { path, label }: FoundFile,
  { read, field }: RecipeSource,
  share: number,
  sample: TextSample,
): Promise<void> {
  const add = (text: string): void => void sample.add(text);
  const taps = { document: (text: string) => add(`${text}\n`), piece: add, endOfText: () => add('\n'), drop: () => {} };
  const reader = readers[read]({ label, field, ...taps });
  const limit = share < 1 ? share * statSync(path).size : Number.POSITIVE_INFINITY;
  let bytes = 0;
  const raw = readUnzipped(path, (piece) => {
    bytes += piece.length;
  });
  for await (const text of textOf(raw, label)) {
    reader.push(text);
    if (bytes >= limit) return; // what is cut here is not broken
  }
  if (bytes > 0) reader.end();
}
