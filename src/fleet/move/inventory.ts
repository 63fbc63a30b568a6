// What is carried when a run moves: every file of its folder but locks, jobs and drafts, by size and SHA-256. Reads; copies nothing.

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { filePieces, JikjiError, systemCode } from '../../base/index.ts';
import { RUN_LOCK } from '../../run-folder/index.ts';

const MAX_FILES = 200_000;
const MAX_DEPTH = 5;

/** Each part begins with a letter, a digit or an underscore: so no path leads out of the folder, and no name is an option of a command. */
const PATH = /^\w[\w.+-]{0,200}(\/\w[\w.+-]{0,200}){0,4}$/;

export const carriedFile = z.strictObject({
  path: z.string().max(1000).regex(PATH),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type CarriedFile = z.infer<typeof carriedFile>;
export const inventoryShape = z
  .array(carriedFile)
  .min(1)
  .max(MAX_FILES)
  .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, 'names a file twice');

/** Of a job at the old site, of another process, or of a file that was being written. */
const isLeft = (path: string): boolean =>
  path === RUN_LOCK || /^job([./-]|$)/.test(path) || path.endsWith('.tmp') || path.includes('.rsync-partial');

/** Paths of the files that belong to a run, sorted. @throws JikjiError `not-a-plain-file`, `run-odd-file` */
function runFiles(folder: string): string[] {
  const files: string[] = [];
  const look = (inside: string, depth: number): void => {
    for (const name of readdirSync(join(folder, inside)).sort()) {
      const path = inside === '' ? name : `${inside}/${name}`;
      if (isLeft(path)) continue;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory() && depth < MAX_DEPTH) look(path, depth + 1);
      else if (!stat.isFile())
        throw new JikjiError('not-a-plain-file', 'is not a plain file', join(folder, path), 'take it out of the run');
      else if (!PATH.test(path) || files.push(path) > MAX_FILES)
        throw new JikjiError('run-odd-file', 'has a name that a run does not have', join(folder, path), 'take it out');
    }
  };
  look('', 1);
  return files;
}

/** Told while files are read: bytes of the last piece, and of all files. */
type OnBytes = (bytes: number, total: number) => void;

/** The digest of a file as it lies in the folder; undefined where it is not there or has another size. */
async function digestIn(
  folder: string,
  { path, bytes }: Pick<CarriedFile, 'path' | 'bytes'>,
  onBytes: (bytes: number) => void = () => {},
) {
  try {
    const stat = lstatSync(join(folder, path));
    if (!stat.isFile() || stat.size !== bytes) return undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  const hash = createHash('sha256');
  let pieces = 0;
  for (const piece of filePieces(join(folder, path))) {
    hash.update(piece);
    onBytes(piece.length);
    if (++pieces % 64 === 0) await setImmediate(); // lets signal handlers run
  }
  return hash.digest('hex');
}

/** All files of a run that is not being changed. @throws JikjiError as `runFiles` */
export async function takeInventory(folder: string, onBytes: OnBytes = () => {}): Promise<CarriedFile[]> {
  const files: CarriedFile[] = [];
  const list = runFiles(folder).map((path) => ({ path, bytes: statSync(join(folder, path)).size }));
  const total = list.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of list) {
    const sha256 = await digestIn(folder, { path, bytes }, (piece) => onBytes(piece, total));
    if (sha256 === undefined)
      throw new JikjiError(
        'run-changed',
        'changes while it is read',
        join(folder, path),
        'let nothing write to the run',
      );
    files.push({ path, bytes, sha256 });
  }
  return files;
}

/** Those files that a folder does not have with these bytes. */
export async function lackingIn(folder: string, files: readonly CarriedFile[]): Promise<CarriedFile[]> {
  const lacking: CarriedFile[] = [];
  for (const file of files) if ((await digestIn(folder, file)) !== file.sha256) lacking.push(file);
  return lacking;
}
