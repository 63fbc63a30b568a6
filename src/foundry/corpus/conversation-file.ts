// Reads a file of conversations or pairs outside a corpus: what it holds, or where in it a document stands.

import { basename } from 'node:path';
import { readUnzipped } from '../../formats/index.ts';
import type { DocumentKind } from '../conversation/index.ts';
import { conversationKind, type RecipeSource } from '../recipe/index.ts';
import { findSourceFiles } from './check.ts';
import { isTable, type ReaderContext, readConversationTable, readers } from './readers/index.ts';
import { textOf } from './text.ts';

const READER = { conversation: 'conversations', pair: 'preferences' } as const;

/** @throws JikjiError `conversation-broken`, `conversation-long`, `source-broken`, `file-missing` and the like */
export async function readConversationFile(
  path: string,
  kind: DocumentKind,
  document: ReaderContext['document'],
): Promise<void> {
  const context = { label: basename(path), field: undefined, document };
  const raw = readUnzipped(path, () => {});
  if (isTable(READER[kind], path)) {
    await readConversationTable(kind, raw, context);
  } else {
    const reader = readers[READER[kind]]({ ...context, piece: () => {}, endOfText: () => {}, drop: () => {} });
    for await (const text of textOf(raw, context.label)) reader.push(text);
    reader.end();
  }
}

/**
 * Where a conversation or pair stands in the files of its source: `talks.jsonl, line 3`. Undefined where it is not found: in a package,
 * or in files that have changed.
 */
export async function placeInSource(
  text: string,
  source: RecipeSource,
  recipeFolder: string,
): Promise<string | undefined> {
  const kind = conversationKind(source.read);
  if (!kind || source.read === 'wordnet-exercises' || source.npm !== undefined) return undefined;
  try {
    for (const { path, label } of findSourceFiles(source, recipeFolder)) {
      let found: string | undefined;
      await readConversationFile(path, kind, (other, place) => {
        if (other === text) found ??= place;
      });
      if (found !== undefined) return `${label}, ${found}`;
    }
  } catch {
    // Files that can no longer be read have no place of it.
  }
  return undefined;
}
