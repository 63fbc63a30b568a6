// Copies a submitted run folder. Accepts only plain files and folders.

import { createHash } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isWitnessed } from '../../audit/index.ts';
import { makeFolder, syncFolder } from '../../base/index.ts';
import { digestOfJson, readStatementText } from '../../ledger/index.ts';
import { GENESIS, RECIPE } from '../../run-folder/index.ts';
import { type Copied, Copier, type CopyOptions } from './copier.ts';
import * as refuse from './refusals/submissions.ts';
import { makerIn, tryRead } from './try-read.ts';

const MAX_FILES = 100_000;
const MAX_DEPTH = 20;
/** Files of every run with evidence of our own trainer. */
const REQUIRED_FILES = [RECIPE, GENESIS];

/** Path with '/', bytes, SHA-256. */
type Listed = [path: string, bytes: number, sha256: string];

/**
 * The digest of a folder: SHA-256 of the canonical JSON of [path, bytes, sha256] of all its files, sorted by path (UTF-16 code
 * units). Empty folders, times and permissions do not count.
 */
const folderDigest = (files: readonly Listed[]): string =>
  digestOfJson([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

/** @throws JikjiError `submission-too-large`, `submission-unknown-kind`, `interrupted` */
export async function takeFolder(path: string, temporary: string, options: CopyOptions): Promise<Copied> {
  for (const name of isWitnessed(path) ? [GENESIS] : REQUIRED_FILES) {
    const stat = await lstat(join(path, name)).catch(() => undefined);
    if (!stat?.isFile()) throw refuse.lacksEvidence(path, name);
  }
  const { names, total } = await survey(path, options.maxBytes);
  const copier = new Copier(path, total, options);
  const files: Listed[] = [];
  const folders = new Set<string>();
  for (const name of names) {
    const target = join(temporary, name);
    makeFolder(dirname(target), 0o700);
    for (let folder = target; folder !== temporary; folders.add(folder)) folder = dirname(folder);
    const digest = createHash('sha256');
    const before = copier.bytes;
    // The file may have become a link or a pipe since the survey.
    const source = await open(join(path, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await source.stat()).isFile()) throw refuse.noFile(path, JSON.stringify(name));
      for await (const _ of copier.copy(copier.read(source), target, digest));
    } finally {
      await source.close();
    }
    files.push([name, copier.bytes - before, digest.digest('hex')]);
  }
  for (const folder of folders) syncFolder(folder);
  const genesis = tryRead(() => readStatementText(join(temporary, GENESIS)));
  const maker = genesis === undefined ? undefined : makerIn(genesis);
  return { digest: folderDigest(files), bytes: copier.bytes, maker };
}

/** Lists all files of a folder, and refuses unsuitable ones before anything is copied. */
async function survey(root: string, maxBytes: number): Promise<{ names: string[]; total: number }> {
  const names: string[] = [];
  let total = 0;
  const open: string[][] = [[]];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    if (folder.length > MAX_DEPTH) throw refuse.tooDeep(root, MAX_DEPTH);
    const entries: Dirent[] = await readdir(join(root, ...folder), { withFileTypes: true });
    for (const { name } of entries) {
      const path = [...folder, name];
      const shown = JSON.stringify(path.join('/').slice(0, 200));
      if (/[\u0000-\u001f\u007f\\\ufffd]/.test(name) || !name.isWellFormed()) throw refuse.oddName(root, shown);
      const stat = await lstat(join(root, ...path));
      if (stat.isDirectory()) open.push(path);
      else if (!stat.isFile()) throw refuse.neitherFileNorFolder(root, shown);
      else {
        names.push(path.join('/'));
        total += stat.size;
        if (names.length > MAX_FILES) throw refuse.tooManyFiles(root, MAX_FILES);
        if (total > maxBytes) throw refuse.submissionTooLarge(root, maxBytes);
      }
    }
  }
  return { names: names.sort(), total };
}
