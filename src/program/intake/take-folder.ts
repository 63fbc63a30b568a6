// A run folder comes in: its files are copied, and only plain files are. Memory does not grow with their bytes.

import { createHash } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { lstat, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { JikjiError, syncFolder } from '../../base/index.ts';
import { digestOfJson } from '../../ledger/index.ts';
import { GENESIS, RECIPE } from '../../run-folder/index.ts';
import { type Taken, type Taking, tooLarge, unknownKind } from './taking.ts';

const PIECE = 1 << 20;
const MOST_FILES = 100_000;
const MOST_DEPTH = 20;
/** A run with evidence has them. */
const NEEDED = [RECIPE, GENESIS];

/** Path with '/', bytes, SHA-256. */
type Listed = [path: string, bytes: number, sha256: string];

/**
 * The digest of a folder: SHA-256 of the canonical JSON of [path, bytes, sha256] of all its files, sorted by path (UTF-16 code
 * units). Empty folders, times and permissions do not count.
 */
const folderDigest = (files: readonly Listed[]): string =>
  digestOfJson([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

/** @throws JikjiError `submission-too-large`, `submission-unknown-kind`, `interrupted` */
export async function takeFolder(path: string, temporary: string, taking: Taking): Promise<Taken> {
  for (const name of NEEDED) {
    const stat = await lstat(join(path, name)).catch(() => undefined);
    if (!stat?.isFile()) throw unknownKind(path, `is no run folder with its evidence: there is no file ${name}`);
  }
  const { names, total } = await survey(path, taking.most);
  const files: Listed[] = [];
  const folders = new Set([temporary]);
  const buffer = Buffer.allocUnsafeSlow(PIECE);
  let bytes = 0;
  await mkdir(temporary, { mode: 0o700 });
  for (const name of names) {
    const parts = name.split('/');
    for (let i = 1; i < parts.length; i++) {
      const folder = join(temporary, ...parts.slice(0, i));
      if (folders.has(folder)) continue;
      await mkdir(folder, { mode: 0o700 });
      folders.add(folder);
    }
    const digest = createHash('sha256');
    // It may have become a link or a pipe since it was looked at.
    const source = await open(join(path, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const target = await open(join(temporary, name), 'wx', 0o600);
    let length = 0;
    try {
      if (!(await source.stat()).isFile()) throw unknownKind(path, `${JSON.stringify(name)} is no file`);
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, PIECE, null);
        if (bytesRead === 0) break;
        length += bytesRead;
        bytes += bytesRead;
        if (bytes > taking.most) throw tooLarge(path, taking.most);
        digest.update(buffer.subarray(0, bytesRead));
        for (let done = 0; done < bytesRead; )
          done += (await target.write(buffer, done, bytesRead - done)).bytesWritten;
        if (taking.signal?.aborted)
          throw new JikjiError('interrupted', 'the submission was stopped', path, 'begin it anew');
        taking.tell(bytes, Math.max(bytes, total));
      }
      await target.sync();
    } finally {
      await source.close();
      await target.close();
    }
    files.push([name, length, digest.digest('hex')]);
  }
  for (const folder of folders) syncFolder(folder);
  return { digest: folderDigest(files), bytes };
}

/** All files of a folder; what could not be taken in is told before anything is copied. */
async function survey(root: string, most: number): Promise<{ names: string[]; total: number }> {
  const names: string[] = [];
  let total = 0;
  const open: string[][] = [[]];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    if (folder.length > MOST_DEPTH) throw unknownKind(root, `has folders that lie deeper than ${MOST_DEPTH}`);
    const entries: Dirent[] = await readdir(join(root, ...folder), { withFileTypes: true });
    for (const { name } of entries) {
      const path = [...folder, name];
      const shown = JSON.stringify(path.join('/').slice(0, 200));
      if (/[\u0000-\u001f\u007f\\\ufffd]/.test(name) || !name.isWellFormed())
        throw unknownKind(root, `${shown} is no name that can be taken`);
      const stat = await lstat(join(root, ...path));
      if (stat.isDirectory()) open.push(path);
      else if (!stat.isFile()) throw unknownKind(root, `${shown} is a link or no file`);
      else {
        names.push(path.join('/'));
        total += stat.size;
        if (names.length > MOST_FILES) throw unknownKind(root, `has more than ${MOST_FILES} files`);
        if (total > most) throw tooLarge(root, most);
      }
    }
  }
  return { names: names.sort(), total };
}
