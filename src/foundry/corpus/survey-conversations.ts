// What a file of conversations holds, before a recipe names it. Reads all of it, so that every fault is known with its place.

import { basename } from 'node:path';
import { readUnzipped } from '../../formats/index.ts';
import { contentsOf, examplesOf } from '../conversation/index.ts';
import { LanguageGuess } from '../recipe/index.ts';
import { isTable, readConversationTable, readers } from './readers/index.ts';
import { textOf } from './text.ts';

export interface FoundConversations {
  count: number;
  /** UTF-8 bytes of what is said. */
  bytes: number;
  language: string;
}

/** Conversations whose language is looked at: of those at the beginning of the file. */
const SAMPLES = 1000;

/** @throws JikjiError `conversation-broken`, `conversation-long`, `source-broken`, `file-missing` and the like */
export async function surveyConversations(path: string): Promise<FoundConversations> {
  const guess = new LanguageGuess();
  const found = { count: 0, bytes: 0 };
  const document = (text: string): void => {
    const said = contentsOf(examplesOf(text, 'conversation')).join('\n');
    if (found.count < SAMPLES) guess.add(said);
    found.count++;
    found.bytes += Buffer.byteLength(said);
  };
  const context = { label: basename(path), field: undefined, document };
  const raw = readUnzipped(path, () => {});
  if (isTable('conversations', path)) {
    const pieces: Buffer[] = [];
    for await (const piece of raw) pieces.push(Buffer.from(piece));
    await readConversationTable('conversation', Buffer.concat(pieces), context);
  } else {
    const reader = readers.conversations({ ...context, piece: () => {}, endOfText: () => {}, drop: () => {} });
    for await (const text of textOf(raw, context.label)) reader.push(text);
    reader.end();
  }
  return { ...found, language: guess.language() };
}
