// Where a document of the corpus stands, for errors: in the source that the maker wrote, or in the corpus where it is not found there.
// The corpus of a run that cannot begin is removed again.

import { basename, join } from 'node:path';
import { placeInSource, readDocumentsSync, type Split, sourceFile } from '../corpus/index.ts';
import type { RecipeSource } from '../recipe/index.ts';

/** Characters of a document that an error quotes. */
const QUOTED = 80;

export interface SourcePlace {
  place: string;
  /** How the document begins. */
  beginning: string;
}

/** Finds document `number` (from 0) of a split of source `source`. */
export type FindPlace = (source: number, split: Split, number: number) => Promise<SourcePlace>;

/** @throws from the result: JikjiError as `readDocumentsSync` */
export const sourcePlaces =
  (corpus: string, sources: readonly RecipeSource[], recipeFolder: string): FindPlace =>
  async (index, split, number) => {
    const file = join(corpus, sourceFile(index, split));
    let text = '';
    let read = 0;
    for (const document of readDocumentsSync(file)) {
      text = document;
      if (read++ === number) break;
    }
    const source = sources[index];
    const found = source && (await placeInSource(text, source, recipeFolder));
    const { npm, files } = source ?? {};
    const name = npm ?? [files].flat()[0] ?? basename(file);
    return {
      place: found ?? `${name}, ${split === 'train' ? 'training' : 'held-out'} document ${number + 1}`,
      beginning: text.slice(0, QUOTED).toWellFormed(),
    };
  };
