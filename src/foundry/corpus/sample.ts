// How hard texts are to predict, from samples spread over them: of files before a corpus is made, or of a corpus. Trains nothing.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readUnzipped } from '../../formats/index.ts';
import { listOf, type RecipeSource, TextSample } from '../recipe/index.ts';
import { wantedBy } from './check.ts';
import { readDocumentsSync } from './documents.ts';
import type { CorpusManifest } from './manifest.ts';
import { readers } from './readers/index.ts';
import { textOf } from './text.ts';
import { findFiles } from './walk.ts';

/** Of longer texts only the start of each file is read: an equal share of all files. */
const MAX_READ = 2 ** 28;

/** The difficulty of a corpus's training text; a source counts by its size. Undefined where the text is shorter than a piece. */
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
 * The difficulty of the texts in files, about `textBytes` of text. It knows the duplicates not, which a corpus drops.
 * @throws JikjiError as `buildCorpus`, for what it reads
 */
export async function filesDifficulty(
  sources: readonly RecipeSource[],
  recipeFolder: string,
  textBytes: number,
): Promise<number | undefined> {
  const share = Math.min(1, MAX_READ / textBytes);
  const sample = new TextSample(share * textBytes);
  for (const source of sources) {
    for (const { path, label } of findFiles(listOf(source.files), recipeFolder, wantedBy(source))) {
      const add = (text: string): void => void sample.add(text);
      const reader = readers[source.read]({
        label,
        field: source.field,
        document: (text) => add(`${text}\n`),
        piece: add,
        endOfText: () => add('\n'),
        drop: () => {},
      });
      const limit = share < 1 ? share * statSync(path).size : Number.POSITIVE_INFINITY;
      let read = 0;
      const raw = readUnzipped(path, (piece) => {
        read += piece.length;
      });
      for await (const text of textOf(raw, label)) {
        reader.push(text);
        if (read >= limit) break;
      }
      if (read > 0 && read < limit) reader.end(); // what is cut by us is not broken
    }
  }
  return sample.difficulty;
}
