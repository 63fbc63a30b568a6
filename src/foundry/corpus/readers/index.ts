// The readers by name, and which files of a folder each of them takes.

import { isConversations, type ReaderName } from '../../recipe/index.ts';
import { tableFormat } from './conversation-table.ts';
import { conversationsReader } from './conversations.ts';
import { jsonStringsReader } from './json-strings.ts';
import { jsonlReader } from './jsonl.ts';
import { markdownReader } from './markdown.ts';
import type { Reader, ReaderContext } from './reader.ts';
import { textReader } from './text.ts';
import { wordnetReader } from './wordnet.ts';
import { wordnetExercisesReader } from './wordnet-exercises.ts';

export { readConversationTable } from './conversation-table.ts';
export type { Reader, ReaderContext } from './reader.ts';

export const readers: Record<ReaderName, (context: ReaderContext) => Reader> = {
  text: textReader,
  markdown: markdownReader,
  jsonl: jsonlReader,
  wordnet: wordnetReader,
  'wordnet-exercises': wordnetExercisesReader,
  'json-strings': jsonStringsReader,
  conversations: conversationsReader('conversation'),
  preferences: conversationsReader('pair'),
};

const TABLES_TOO = {
  pattern: /\.((jsonl|ndjson|json)(\.gz)?|parquet|csv|tsv)$/i,
  words: '.jsonl, .json, .parquet, .csv or .tsv',
};

/** The files that a reader takes from a folder, as a pattern and in words. */
export const endings: Record<ReaderName, { pattern: RegExp; words: string }> = {
  text: { pattern: /\.(txt|text)(\.gz)?$/i, words: '.txt' },
  markdown: { pattern: /\.(md|markdown|mdx)(\.gz)?$/i, words: '.md' },
  jsonl: { pattern: /\.(jsonl|ndjson)(\.gz)?$/i, words: '.jsonl or .jsonl.gz' },
  wordnet: { pattern: /^data\.(noun|verb|adj|adv)(\.gz)?$/, words: 'data.noun and its like' },
  'wordnet-exercises': { pattern: /^data\.(noun|verb|adj|adv)(\.gz)?$/, words: 'data.noun and its like' },
  'json-strings': { pattern: /\.json(\.gz)?$/i, words: '.json' },
  conversations: TABLES_TOO,
  preferences: TABLES_TOO,
};

/** Whether a file is a table of conversations or pairs. */
export const isTable = (read: ReaderName, name: string): boolean =>
  isConversations(read) && tableFormat(name) !== undefined;

/** Whether a file of a source holds text: all do but the tables that Parquet packs. */
export const isText = (read: ReaderName, name: string): boolean =>
  !isTable(read, name) || tableFormat(name) !== 'parquet';
