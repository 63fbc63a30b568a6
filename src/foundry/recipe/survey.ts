// Surveys the texts of a folder as sources for a recipe: finds the files, guesses reader, field and language from samples. Reads the
// start of files only; building the corpus decides what is kept.

import { readdirSync, statSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { count, JikjiError, parseJson, quantity, systemCode } from '../../base/index.ts';
import { readStart } from '../../formats/index.ts';
import { GENESIS, RECIPE, TRANSCRIPT } from '../../run-folder/index.ts';
import { LanguageGuess } from './language.ts';
import type { ReaderName } from './schema.ts';

export interface FoundSource {
  /** Pattern relative to the surveyed folder, with forward slashes. */
  files: string;
  read: ReaderName;
  field?: string;
  language: string;
  count: number;
  /** Estimated bytes of text: compressed files are extrapolated from their samples. */
  bytes: number;
}

/** Files that no reader takes. */
interface OtherFiles {
  /** `.pdf`; empty where the name has none. */
  ending: string;
  count: number;
}

export interface FoundTexts {
  sources: FoundSource[];
  /** By ending, the most frequent first. Hidden files and those of runs are not counted. */
  otherFiles: OtherFiles[];
}

const READERS: [RegExp, ReaderName, string][] = [
  [/\.txt$/i, 'text', '.txt'],
  [/\.(md|markdown)$/i, 'markdown', '.md'],
  [/\.jsonl\.gz$/i, 'jsonl', '.jsonl.gz'],
  [/\.jsonl$/i, 'jsonl', '.jsonl'],
  [/\.json$/i, 'json-strings', '.json'],
];
const SAMPLE_BYTES = 32 * 1024;
/** A record may be a whole book: so much of a file is read for the end of its first line. */
const MAX_LINE_BYTES = 16 * 1024 ** 2;
const LINES_PER_SAMPLE = 50;
const SAMPLES_PER_GROUP = 40;
/** With more top folders than this, one pattern stands for all of them. */
const MAX_FOLDERS = 12;

interface File {
  path: string;
  bytes: number;
}

function* walk(root: string, folder = ''): Generator<File> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  // A run's files (its model card, its tokenizer) are not texts to train on.
  if (entries.some((entry) => entry.name === TRANSCRIPT || entry.name === GENESIS)) return;
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.isFile()) yield { path, bytes: statSync(join(root, path)).size };
  }
}

/** The start of a file as text, and how many bytes of text one byte of the file stands for. */
function sample(path: string, maxBytes: number): { text: string; ratio: number } {
  const start = readStart(path, maxBytes);
  if (!path.toLowerCase().endsWith('.gz')) return { text: new TextDecoder().decode(start), ratio: 1 };
  try {
    const unzipped = gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
    return { text: new TextDecoder().decode(unzipped), ratio: start.length ? unzipped.length / start.length : 1 };
  } catch {
    return { text: '', ratio: 0 }; // not gzip: building the corpus reports it
  }
}

/** As `sample`, with one whole line at the least. */
function sampleLines(path: string, bytes: number): { text: string; ratio: number } {
  for (let maxBytes = SAMPLE_BYTES; ; maxBytes *= 8) {
    const start = sample(path, maxBytes);
    if (start.text.includes('\n') || maxBytes >= Math.min(bytes, MAX_LINE_BYTES)) return start;
  }
}

/** What is said in a record that has the members of a conversation, in any of its forms; undefined for another record. */
function saidIn(record: Record<string, unknown>): string | undefined {
  const { messages, conversations, instruction, input, output } = record;
  const strings = (...values: unknown[]) => values.filter((value) => typeof value === 'string').join('\n');
  const list = messages ?? conversations;
  if (Array.isArray(list)) return list.map((one) => strings(one?.content, one?.value)).join('\n');
  return instruction !== undefined && output !== undefined ? strings(instruction, input, output) : undefined;
}

/**
 * The member of JSON records that holds the text: a usual name, else the longest string. Without one where they are conversations.
 * `share`: how much of the lines is text, and not names and punctuation of JSON or other members.
 */
function fieldOf(sampled: string): { field?: string; text: string; share: number; isConversation?: boolean } {
  const lengths = new Map<string, number>();
  const records: Record<string, unknown>[] = [];
  let letters = 0;
  for (const line of sampled.split('\n', LINES_PER_SAMPLE)) {
    try {
      const record = parseJson(line) as Record<string, unknown> | null;
      if (record === null || typeof record !== 'object') continue;
      records.push(record);
      letters += line.length + 1;
      for (const [key, value] of Object.entries(record)) {
        if (typeof value === 'string') lengths.set(key, (lengths.get(key) ?? 0) + value.length);
      }
    } catch {
      // the last line of a sample is cut off
    }
  }
  const said = records.map(saidIn);
  if (records.length > 0 && said.every((one) => one !== undefined)) {
    const text = said.join('\n');
    return { text, share: text.length / letters, isConversation: true };
  }
  const usual = ['text', 'content', 'body', 'document'].find((name) => lengths.has(name));
  const field = usual ?? [...lengths].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (field === undefined) return { text: '', share: 0 };
  const text = records
    .map((record) => record[field])
    .filter((v) => typeof v === 'string')
    .join('\n');
  return { field, text, share: text.length / letters };
}

interface Group {
  files: File[];
  read: ReaderName;
  ending: string;
  top: string;
}

function survey(root: string, group: Group): Omit<FoundSource, 'files'> {
  const guess = new LanguageGuess();
  const every = Math.max(1, Math.floor(group.files.length / SAMPLES_PER_GROUP));
  let field: string | undefined;
  let ratio = 0;
  let samples = 0;
  let conversations = 0;
  for (let i = 0; i < group.files.length && samples < SAMPLES_PER_GROUP; i += every, samples++) {
    const { path, bytes } = group.files[i];
    if (group.read === 'jsonl') {
      const start = sampleLines(join(root, path), bytes);
      const found = fieldOf(start.text);
      field ??= found.field;
      if (found.isConversation) conversations++;
      ratio += start.ratio * found.share;
      guess.add(found.text);
    } else {
      const start = sample(join(root, path), SAMPLE_BYTES);
      ratio += start.ratio;
      guess.add(start.text);
    }
  }
  const bytes = group.files.reduce((sum, file) => sum + file.bytes, 0);
  const read = samples > 0 && conversations === samples ? 'conversations' : group.read;
  return {
    read,
    ...(field !== undefined && { field }),
    language: guess.language(),
    count: group.files.length,
    bytes: Math.round((bytes * ratio) / Math.max(1, samples)),
  };
}

/** A folder's or file's name as it stands in a pattern. */
const literal = (name: string) => name.replace(/[*?[\]{}()!\\]/g, '?');

/** Endings that are named of the files that no reader takes. */
const MAX_ENDINGS = 6;

/** `108 .asc, 40 .pdf and 3 others`. */
export function sayOtherFiles(otherFiles: readonly OtherFiles[]): string {
  const named = otherFiles
    .slice(0, MAX_ENDINGS)
    .map(({ ending, count: files }) => `${count(files)} ${ending === '' ? 'without an ending' : ending}`);
  const others = otherFiles.slice(MAX_ENDINGS).reduce((sum, { count: files }) => sum + files, 0);
  return others === 0 ? named.join(', ') : `${named.join(', ')} and ${quantity(others, 'other')}`;
}

/**
 * The texts under a folder, grouped by kind and, where languages differ or folders are few, by top folder.
 * @throws JikjiError `no-such-folder` or `no-texts`
 */
export function surveyFolder(root: string): FoundTexts {
  const groups = new Map<string, Group>();
  const endings = new Map<string, number>();
  try {
    for (const file of walk(root)) {
      const kind = READERS.find(([pattern]) => pattern.test(file.path));
      if (!kind) {
        const ending = extname(file.path).toLowerCase();
        // A recipe that an earlier call wrote is no text that somebody misses.
        if (file.path !== RECIPE) endings.set(ending, (endings.get(ending) ?? 0) + 1);
        continue;
      }
      if (file.bytes === 0) continue;
      const cut = file.path.indexOf(sep);
      const top = cut < 0 ? '' : file.path.slice(0, cut);
      const key = `${top}\n${kind[2]}`;
      let group = groups.get(key);
      if (!group) {
        group = { files: [], read: kind[1], ending: kind[2], top };
        groups.set(key, group);
      }
      group.files.push(file);
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOTDIR' && statSync(root, { throwIfNoEntry: false })?.isFile()) {
      const hint = `name the folder that it lies in: ${dirname(root)}`;
      throw new JikjiError('no-such-folder', 'is a file, not a folder', root, hint, { cause: error });
    }
    const message = code === 'ENOENT' ? 'there is no such folder' : `the folder cannot be read (${code})`;
    throw new JikjiError('no-such-folder', message, root, 'name a folder that holds texts', { cause: error });
  }
  const otherFiles = [...endings]
    .map(([ending, files]) => ({ ending, count: files }))
    .sort((a, b) => b.count - a.count || (a.ending < b.ending ? -1 : 1));
  if (groups.size === 0) {
    const others = otherFiles.length > 0 ? `; there are ${sayOtherFiles(otherFiles)}` : '';
    throw new JikjiError(
      'no-texts',
      `no texts were found${others}`,
      root,
      'texts are .txt, .md, .json, .jsonl and .jsonl.gz files with something in them',
    );
  }
  const found: FoundSource[] = [];
  for (const [, , ending] of READERS) {
    const alike = [...groups.values()].filter((group) => group.ending === ending);
    if (alike.length > MAX_FOLDERS) {
      const all = { ...alike[0], files: alike.flatMap((group) => group.files) };
      found.push({ files: `**/*${ending}`, ...survey(root, all) });
      continue;
    }
    for (const group of alike) {
      const files = group.top === '' ? `*${ending}` : `${literal(group.top)}/**/*${ending}`;
      found.push({ files, ...survey(root, group) });
    }
  }
  return { sources: found.filter((source) => source.bytes > 0), otherFiles };
}
