// Finds the files on disk that patterns match, in a fixed order, lazily. Opens none of them.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { systemCode } from '../../base/index.ts';
import { readFailure } from '../../formats/index.ts';
import { compareCodePoints, matches, type Pattern, parsePattern, type Segment, takes } from './pattern.ts';

/** A file to read: its path on this machine, and its name in the manifest, which shows nothing of this machine. */
export interface FoundFile {
  path: string;
  label: string;
}

/**
 * Yields the files that patterns match, relative to `root`: patterns in the order given, the files of one pattern by code points of
 * their paths, each file once. Holds one folder per level in memory. A name without wildcards may be a folder: it matches the files in
 * it, at any depth, for which `wanted` is true. Leaves out hidden files and folders unless they are named. Follows linked folders only
 * if they are named, so that a loop cannot run forever.
 */
export function* findFiles(patterns: string[], root: string, wanted: (name: string) => boolean): Generator<FoundFile> {
  const earlier: ((path: string) => boolean)[] = [];
  for (const text of patterns) {
    const pattern = parsePattern(resolve(root, text));
    const label = labels(text, pattern, root);
    const inFolder = pattern.literal && kind(`/${names(pattern).join('/')}`) === 'folder';
    const tail: Segment[] = inFolder ? [{ any: true }, { expression: /^[^.]/ }] : [];
    for (const path of walk([...pattern.segments, ...tail])) {
      if (inFolder && !wanted(basename(path))) continue;
      if (earlier.some((took) => took(path))) continue;
      yield { path, label: label(path) };
    }
    earlier.push((path) => {
      const how = matches(pattern, path.split('/').slice(1));
      return how === 'file' || (how === 'in-folder' && wanted(basename(path)));
    });
  }
}

const names = (pattern: Pattern) => pattern.segments.map((s) => ('literal' in s ? s.literal : ''));

/** Names for the manifest: relative to the recipe; for an absolute pattern, from the last folder before a wildcard on. */
function labels(text: string, pattern: Pattern, root: string): (path: string) => string {
  if (!isAbsolute(text)) return (path) => relative(root, path);
  const fixed = pattern.segments.findIndex((s) => !('literal' in s));
  const base = `/${names(pattern)
    .slice(0, fixed < 0 ? undefined : fixed)
    .join('/')}`;
  return (path) => relative(dirname(base), path);
}

function kind(path: string): 'file' | 'folder' | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(systemCode(error) ?? '')) return undefined;
    throw readFailure(error, path);
  }
}

function* walk(segments: Segment[]): Generator<string> {
  // Named segments are entered without listing: the folders above may not be readable.
  const fixed = segments.findIndex((s) => !('literal' in s));
  const start = `/${segments
    .slice(0, fixed < 0 ? undefined : fixed)
    .map((s) => ('literal' in s ? s.literal : ''))
    .join('/')}`;
  if (fixed >= 0) yield* step(start, [segments.slice(fixed)]);
  else if (kind(start) === 'file') yield start;
}

/** `rests` are the remaining parts of the pattern that may match from here, at least one segment each. */
function* step(folder: string, rests: Segment[][]): Generator<string> {
  const open = rests.flatMap(closure);
  for (const entry of sorted(folder)) {
    const next = new Map<number, Segment[]>(); // by length: every rest is a suffix of the pattern
    let deeper = false;
    for (const rest of open) {
      if ('any' in rest[0]) {
        if (entry.name.startsWith('.')) continue;
        next.set(rest.length, rest);
        deeper = true;
      } else if (takes(rest[0], entry.name)) next.set(rest.length - 1, rest.slice(1));
    }
    if (next.size === 0) continue;
    const ends = next.delete(0);
    const path = join(folder, entry.name);
    const linked = entry.isSymbolicLink();
    const what = linked ? kind(path) : entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : undefined;
    if (what === 'file' && ends) yield path;
    // A linked folder met by `**` may lead back up.
    if (what === 'folder' && next.size > 0 && !(linked && deeper)) yield* step(path, [...next.values()]);
  }
}

/** A rest that starts with `**` may also continue without it. */
function closure(rest: Segment[]): Segment[][] {
  const all = [rest];
  while (rest.length > 1 && 'any' in rest[0]) {
    rest = rest.slice(1);
    all.push(rest);
  }
  return all;
}

/** A folder's entries, sorted as the full paths of the files in them sort. */
function sorted(folder: string): Dirent[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw readFailure(error, folder);
  }
  const key = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  return entries.sort((a, b) => compareCodePoints(key(a), key(b)));
}
