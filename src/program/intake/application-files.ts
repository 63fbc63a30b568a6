// Files of applications: streamed into the office's folder by digest, and read from it again. Does not look into them.

import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JikjiError, makeFolder, syncFolder, systemCode, writeFailure } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { MAX_FILE_BYTES, type Row, requireRoomForFile, type Tables } from '../state/index.ts';
import { Copier, type CopyOptions } from './copier.ts';
import { applicationFile } from './paths.ts';
import * as refuse from './refusals/application-files.ts';
import { removeAbandoned } from './submit.ts';

interface TakeOptions {
  application: string;
  /** Its name in the log. */
  name: string;
  /** What its digest must be. */
  sha256?: string | undefined;
  /** The file to read; for an upload, its name in errors. */
  path: string;
  /** The chunks of an upload. */
  pieces?: AsyncIterable<Uint8Array> | undefined;
  actor: string;
  signal?: AbortSignal | undefined;
}

type ApplicationFile = Omit<Row<'applications'>['files'][number], 'seq'>;

/**
 * Takes a file of an application in. One that the application has already is the same file, and nothing is written. A refused one leaves
 * no files. `files` is the office's folder.
 * @throws JikjiError `application-unknown`, `application-closed`, `application-files-full`, `application-file-too-large`,
 *   `application-file-empty`, `application-file-differs`, `file-unreadable`, `disk-full`, `not-writable`, `interrupted`, and as the sender does
 */
export async function takeApplicationFile(
  programme: Programme,
  files: string,
  options: TakeOptions,
): Promise<ApplicationFile> {
  const { application, path, actor } = options;
  // Before anything is read; the log checks again.
  requireRoomForFile(programme.tables, application);
  const temporary = join(files, `incoming-${randomUUID()}.tmp`);
  try {
    makeFolder(files, 0o700);
    await removeAbandoned(files);
    const { digest: sha256, bytes } = await copyTo(temporary, options);
    const file = { name: options.name.normalize('NFC'), bytes, sha256 };
    const given = options.sha256 ?? sha256;
    if (given !== sha256) throw refuse.fileDiffers(given, sha256);
    const place = applicationFile(files, sha256);
    // An existing file has the same digest, or was damaged since.
    makeFolder(join(files, 'applications'), 0o700);
    await rename(temporary, place);
    syncFolder(join(files, 'applications'));
    let known: ApplicationFile | undefined;
    try {
      await programme.recordOnce(actor, (tables) => {
        known = tables.get('applications', application)?.files.find((one) => one.sha256 === sha256);
        return known ? [] : [{ kind: 'application-file-added', data: { application, ...file } }];
      });
    } catch (error) {
      // The file stays if it is not known whether the entry was written.
      const unknown = error instanceof JikjiError && /^(database-|log-moved)/.test(error.code);
      if (!unknown && !isNeeded(programme.tables, sha256)) await rm(place, { force: true });
      throw error;
    }
    return known ?? file;
  } catch (error) {
    throw writeFailure(error, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

const isNeeded = (tables: Tables, sha256: string): boolean =>
  tables.all('applications').some(({ files }) => files.some((file) => file.sha256 === sha256));

/** Copies an upload or a file, counted and hashed while it comes. */
async function copyTo(
  temporary: string,
  { path, pieces, signal }: TakeOptions,
): Promise<{ digest: string; bytes: number }> {
  const file = pieces ? undefined : await openFile(path);
  try {
    const digest = createHash('sha256');
    const copying: CopyOptions = {
      maxBytes: MAX_FILE_BYTES,
      tooLarge: refuse.fileTooLarge,
      signal,
      onProgress: () => {},
    };
    const copier = new Copier(path, 0, copying);
    for await (const _ of copier.copy(pieces ?? copier.read(file!), temporary, digest));
    if (copier.bytes === 0) throw refuse.fileEmpty(path);
    return { digest: digest.digest('hex'), bytes: copier.bytes };
  } finally {
    await file?.close();
  }
}

/** @throws JikjiError `submission-missing` */
async function openFile(path: string): Promise<FileHandle> {
  try {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
  }
  throw refuse.fileUnreadable(path);
}

/**
 * The bytes of a file of an application, which are those that the log names.
 * @throws JikjiError `application-file-gone`, `application-file-altered`
 */
export async function readApplicationFile(
  files: string,
  { name, sha256 }: ApplicationFile,
): Promise<Buffer<ArrayBuffer>> {
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = await readFile(applicationFile(files, sha256));
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw cause;
    throw refuse.fileGone(name).causedBy(cause);
  }
  if (sha256Hex(bytes) === sha256) return bytes;
  throw refuse.fileAltered(name);
}
