// The readers by name, and which files of a folder each of them takes.

import { JikjiError, parseJson } from '../../../base/index.ts';
import { canonicalJson, type Json } from '../../../ledger/index.ts';
import { isConversations, type ReaderName } from '../../recipe/index.ts';
import { conversationsAbout, entriesOf, synsetOf } from '../exercises.ts';
import { LineSplitter } from '../lines.ts';
import { tableFormat } from './conversation-table.ts';
import { conversationsReader } from './conversations.ts';
import { jsonStringsReader } from './json-strings.ts';
import { markdownReader } from './markdown.ts';
import type { Reader, ReaderContext } from './reader.ts';

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

/** `text`: a file is a document. */
function textReader({ piece, endOfText }: ReaderContext): Reader {
  return { push: piece, end: endOfText };
}

/** `jsonl`: a line is a JSON object, one field of it the document. Lines without the field are counted, not refused. */
function jsonlReader({ label, field = 'text', document, drop }: ReaderContext): Reader {
  const keys = field.split('.');
  return new LineSplitter(label, (line, number) => {
    if (line.trim() === '') return;
    let value = parseJson(line, (cause) => {
      const message = `line ${number} is not JSON: ${(cause as Error).message}`;
      const hint = 'correct the line, or choose the reader that fits the file';
      return new JikjiError('source-broken', message, label, hint, { cause });
    });
    for (const key of keys) {
      const inside = value !== null && typeof value === 'object' && Object.hasOwn(value, key);
      value = inside ? (value as Record<string, unknown>)[key] : undefined;
    }
    if (typeof value === 'string') document(value);
    else drop('no-field');
  });
}

/** `wordnet`: the data.* files of WordNet's database, a synset a document: "word, other word: gloss". */
function wordnetReader({ label, document }: ReaderContext): Reader {
  return new LineSplitter(label, (line, number) => {
    const synset = synsetOf(line, number, label, 'wordnet');
    if (!synset) return;
    const shown = synset.words.join(', ');
    document(synset.gloss === '' ? shown : `${shown}: ${synset.gloss}`);
  });
}

/** `wordnet-exercises`: the data.* files of WordNet's database, as conversations: questions about words, and small sums. */
function wordnetExercisesReader({ label, document }: ReaderContext): Reader {
  const seen = new Set<string>();
  return new LineSplitter(label, (line, number) => {
    const synset = synsetOf(line, number, label, 'wordnet-exercises');
    if (!synset) return;
    for (const entry of entriesOf(synset, seen))
      for (const messages of conversationsAbout(entry)) document(canonicalJson({ messages } as unknown as Json));
  });
}
