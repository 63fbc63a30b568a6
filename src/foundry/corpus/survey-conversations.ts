// What a file of conversations holds, before a recipe names it. Reads all of it, so that every fault is known with its place. Which file of a
// folder is one.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { contentsOf, examplesOf } from '../conversation/index.ts';
import { LanguageGuess } from '../recipe/index.ts';
import type { TextTokenizer } from '../tokenizer/index.ts';
import { readConversationFile } from './conversation-file.ts';
import { hintFor } from './encodings.ts';
import { endings } from './readers/index.ts';

export interface FoundConversations {
  count: number;
  /** UTF-8 bytes of what is said. */
  bytes: number;
  /** Of the longest conversation. */
  longestBytes: number;
  language: string;
  /** Tokens of each, in order; undefined without a tokenizer. */
  tokens: number[] | undefined;
}

/** Tokens of a conversation in the default template: one that begins it, and around each message that of its role and that of its end. */
const tokensOf = (text: string, tokenizer: TextTokenizer) =>
  contentsOf(examplesOf(text, 'conversation')).reduce(
    (sum, content) => sum + 2 + tokenizer.encode(content.trim()).length,
    1,
  );

/** Conversations whose language is looked at: of those at the beginning of the file. */
const SAMPLES = 1000;

/** `tokenizer`: of the model to tune. @throws JikjiError `conversation-broken`, `conversation-long`, `source-broken`, `file-missing` and the like */
export async function surveyConversations(path: string, tokenizer?: TextTokenizer): Promise<FoundConversations> {
  const guess = new LanguageGuess();
  const found = { count: 0, bytes: 0, longestBytes: 0 };
  const tokens: number[] = [];
  const document = (text: string): void => {
    const said = contentsOf(examplesOf(text, 'conversation')).join('\n');
    if (found.count < SAMPLES) guess.add(said);
    found.count++;
    if (tokenizer) tokens.push(tokensOf(text, tokenizer));
    const bytes = Buffer.byteLength(said);
    found.bytes += bytes;
    found.longestBytes = Math.max(found.longestBytes, bytes);
  };
  try {
    await readConversationFile(path, 'conversation', document);
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'source-not-utf8')) throw error;
    throw error.reworded({ input: path, hint: hintFor(path, error.code) });
  }
  return { ...found, language: guess.language(), tokens: tokenizer && tokens };
}

/** The conversations of a file that have at most `most` tokens, as lines of JSON. */
export async function fittingConversations(path: string, tokenizer: TextTokenizer, most: number): Promise<string> {
  const lines: string[] = [];
  await readConversationFile(path, 'conversation', (text) => {
    if (tokensOf(text, tokenizer) <= most) lines.push(`${text}\n`);
  });
  return lines.join('');
}

/** The first conversation ends the reading. */
const FIRST = Symbol('first');

async function beginsWithConversation(path: string): Promise<boolean> {
  try {
    await readConversationFile(path, 'conversation', (text) => {
      examplesOf(text, 'conversation');
      throw FIRST;
    });
  } catch (error) {
    if (error === FIRST) return true;
    if (!(error instanceof JikjiError)) throw error;
  }
  return false;
}

/** Files of a folder that are looked into. */
const MAX_TRIED = 20;

/** The first file in a folder that begins with a conversation; without one, the first table, which no reader of texts takes. */
export async function conversationsIn(dir: string): Promise<{ path: string; isSure: boolean } | undefined> {
  const files = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.conversations.pattern.test(entry.name))
    .map(({ name }) => join(dir, name))
    .sort();
  for (const path of files.slice(0, MAX_TRIED)) if (await beginsWithConversation(path)) return { path, isSure: true };
  const table = files.find((path) => /\.(csv|tsv|parquet)$/i.test(path));
  return table === undefined ? undefined : { path: table, isSure: false };
}
