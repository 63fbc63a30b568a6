// Copies the files of a package that patterns match out of its tarball, under numbers. A name from the archive never becomes a path
// on disk.

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, writeFully } from '../../base/index.ts';
import { openTar } from '../../formats/index.ts';
import { compareCodePoints, matches, parsePattern } from './pattern.ts';
import type { FoundFile } from './walk.ts';

/** Limits for a package: the largest on the registry are far smaller. */
const LIMITS = { totalBytes: 2 ** 31, fileBytes: 2 ** 30, entries: 200_000 };

interface MatchedFile extends FoundFile {
  /** Index of the first pattern that matches. */
  pattern: number;
}

/**
 * Copies the files below the tarball's top folder that `patterns` match into `folder`. `files` are ordered as walk.ts orders them: by
 * pattern, then by code points. `unmatched` are the patterns that match none.
 * @throws JikjiError from `openTar`; `tar-broken` where a path occurs twice
 */
export async function unpack(
  tarball: string,
  patterns: string[],
  wanted: (name: string) => boolean,
  folder: string,
): Promise<{ files: FoundFile[]; unmatched: string[] }> {
  const parsed = patterns.map(parsePattern);
  const taken = new Map<string, MatchedFile>();
  for await (const entry of openTar(tarball, LIMITS)) {
    if (entry.type !== 'file') continue;
    const path = entry.path.split('/').slice(1); // npm removes the top folder, whatever its name
    const pattern = parsed.findIndex((p) => {
      const how = matches(p, path);
      return how === 'file' || (how === 'in-folder' && wanted(path[path.length - 1]));
    });
    if (pattern < 0) continue;
    const label = path.join('/');
    if (taken.has(label)) {
      throw new JikjiError('tar-broken', `the archive holds ${label} twice`, tarball, 'use another version');
    }
    const copy = join(folder, `${taken.size}`);
    const fd = openSync(copy, 'w');
    try {
      for await (const piece of entry.body()) writeFully(fd, piece);
    } finally {
      closeSync(fd);
    }
    taken.set(label, { path: copy, label, pattern });
  }
  const files = [...taken.values()].sort((a, b) => a.pattern - b.pattern || compareCodePoints(a.label, b.label));
  return { files, unmatched: patterns.filter((_, i) => !files.some((file) => file.pattern === i)) };
}
