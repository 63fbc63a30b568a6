// Tags: a user's own words for the runs on this machine. They lie in the per-user state folder, never in a run's folder, which is evidence.
// Each line of the file adds one tag to one folder or takes it away, so that two writers never undo each other.

import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isObject, JikjiError, makeFolder, parseJson, stateFolder } from '../base/index.ts';

/** Characters of the longest tag, and the most tags of one run. */
const MAX_LENGTH = 40;
const MAX_TAGS = 20;
/** A larger file is not read: some hundred thousand changes. */
const MAX_BYTES = 32 << 20;

const tagsFile = (): string => join(stateFolder(), 'run-tags.jsonl');

const isTag = (text: string): boolean =>
  text !== '' && [...text].length <= MAX_LENGTH && !/[\p{C}\p{Zl}\p{Zp},]/u.test(text);

/**
 * A tag in its one form: composed Unicode, single spaces.
 * @throws JikjiError `tag-invalid`
 */
function tagOf(text: string): string {
  const tag = text.normalize('NFC').trim().replace(/ +/g, ' ');
  if (isTag(tag)) return tag;
  const hint = `write 1 to ${MAX_LENGTH} characters without a comma and without invisible ones`;
  throw new JikjiError('tag-invalid', 'not a tag', [...text].slice(0, 2 * MAX_LENGTH).join(''), hint);
}

/** A mark of the file, which changes with it. */
export function tagsMark(): string {
  const found = statSync(tagsFile(), { throwIfNoEntry: false, bigint: true });
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : '';
}

/** The tags of each folder, in the order in which they were added. Lines that cannot be read are skipped. */
export function readTags(): Map<string, string[]> {
  const tags = new Map<string, Set<string>>();
  for (const line of textOf(tagsFile()).split('\n')) {
    let entry: unknown;
    try {
      entry = parseJson(line);
    } catch {
      continue;
    }
    if (!isObject(entry)) continue;
    const { folder, tag, on } = entry;
    if (typeof folder !== 'string' || !isAbsolute(folder) || typeof tag !== 'string' || !isTag(tag)) continue;
    const own = tags.get(folder) ?? new Set();
    if (on !== true) own.delete(tag);
    else if (own.size < MAX_TAGS) own.add(tag);
    tags.set(folder, own);
  }
  return new Map([...tags].flatMap(([folder, own]) => (own.size > 0 ? [[folder, [...own]] as const] : [])));
}

function textOf(file: string): string {
  try {
    return statSync(file).size <= MAX_BYTES ? readFileSync(file, 'utf8') : '';
  } catch {
    return ''; // nothing tagged yet
  }
}

/**
 * Adds a tag to runs, or takes it away; returns how many of them have changed.
 * @param folders absolute
 * @throws JikjiError `tag-invalid`, `too-many`
 */
export function tagRuns(folders: readonly string[], text: string, on: boolean): number {
  const tag = tagOf(text);
  const before = readTags();
  const changed = folders.filter((folder) => (before.get(folder)?.includes(tag) ?? false) !== on);
  const full = on ? changed.find((folder) => (before.get(folder)?.length ?? 0) >= MAX_TAGS) : undefined;
  if (full !== undefined)
    throw new JikjiError('too-many', `a run has at most ${MAX_TAGS} tags`, full, 'take one away first');
  if (changed.length === 0) return 0;
  makeFolder(dirname(tagsFile()));
  const lines = changed.map((folder) => `${JSON.stringify({ formatVersion: 1, folder, tag, on })}\n`);
  appendFileSync(tagsFile(), lines.join(''));
  return changed.length;
}
