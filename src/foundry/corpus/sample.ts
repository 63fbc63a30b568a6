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
 * The difficulty of the texts in files of `fileBytes` together, and their bytes as their sources read them: front matter and code of Markdown, and
 * what stands around the field of a record, are no text. Duplicates count, which a corpus drops. A file that cannot be read as its source says counts as
 * far as it can be read: making the corpus reports it.
 */
export async function surveyText(
  sources: readonly RecipeSource[],
  recipeFolder: string,
  fileBytes: number,
): Promise<{ difficulty: number | undefined; bytes: number }> {
  const share = Math.min(1, MAX_READ / fileBytes);
  const sample = new TextSample(share * fileBytes);
  let bytes = 0;
  for (const source of sources.filter(({ read }) => !isConversations(read))) {
    for (const file of findSourceFiles(source, recipeFolder)) {
      const of = statSync(file.path).size;
      const part = { text: 0, read: 0, limit: share < 1 ? share * of : Number.POSITIVE_INFINITY };
      try {
        await readPart(file, source, part, sample);
      } catch (error) {
        if (!(error instanceof JikjiError)) throw error;
      }
      bytes += part.read > 0 ? (part.text * of) / part.read : 0;
    }
  }
  return { difficulty: sample.difficulty, bytes: Math.round(bytes) };
}

/** Reads the documents in the first `limit` bytes of a file; `read` counts the bytes of the file, `text` those of its documents. */
async function readPart(
  { path, label }: FoundFile,
  { read, field }: RecipeSource,
  part: { text: number; read: number; limit: number },
  sample: TextSample,
): Promise<void> {
  const piece = (text: string): void => {
    part.text += Buffer.byteLength(text);
    sample.add(text);
  };
  const endOfText = (): void => void sample.add('\n');
  const document = (text: string): void => {
    piece(text);
    endOfText();
  };
  const reader = readers[read]({ label, field, document, piece, endOfText, drop: () => {} });
  const raw = readUnzipped(path, (piece) => {
    part.read += piece.length;
  });
  for await (const text of textOf(raw, label)) {
    reader.push(text);
    if (part.read >= part.limit) return; // what is cut here is not broken
  }
  if (part.read > 0) reader.end();
}
