// Writes a database to one file, and restores it. The file is gzipped JSON lines: a header, entries, secrets, and at the end their counts
// and the digest of all lines before. Knows no rule.

import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { asc } from 'drizzle-orm';
import { z } from 'zod';
import { JikjiError, makeFolder, parseJson, syncFolder, systemCode } from '../../base/index.ts';
import { countSchema } from '../../formats/index.ts';
import { type Entry, EntryAltered, follow, type Head, MAX_ENTRY_LENGTH, START } from '../log/index.ts';
import { insertEntries } from './append.ts';
import type { Database } from './connection.ts';
import { databaseCode, explainPlace } from './failures.ts';
import { entries, jobs, secrets } from './schema.ts';
import type { Contents, Replay } from './store.ts';
import { type View, viewOf } from './view.ts';

const FORMAT_VERSION = 2;
/** Characters of a line: an entry with escapes and braces. */
const MAX_LINE = 4 * MAX_ENTRY_LENGTH;
/** Entries that are inserted together. */
const BATCH_ENTRIES = 500;

/** What a backup must hold of one moment. Entries before the head never change, so they can be read later. */
export interface Snapshot {
  head: Head;
  secrets: { name: string; value: string }[];
}

/** @param database a transaction that sees one moment */
export async function takeSnapshot(database: Database): Promise<Snapshot> {
  const head = await viewOf(database).head();
  return { head, secrets: await database.select().from(secrets).orderBy(asc(secrets.name)) };
}

export const contentsOf = ({ head, secrets: { length } }: Snapshot): Contents => ({ head, rows: 0, secrets: length });

/** Writes a backup to `file`. After an error an earlier file is unchanged, and nothing else is left. */
export async function writeBackup(view: View, snapshot: Snapshot, file: string): Promise<Contents> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(file));
    const handle = await open(temporary, 'w', 0o600);
    try {
      for await (const piece of backupBytes(view, snapshot)) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    syncFolder(dirname(file));
    return contentsOf(snapshot);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // the folder does not exist; the first error matters more
    }
    throw explainPlace(error, file);
  }
}

/** The bytes of a backup, as fast as they are taken. Entries are read page by page, outside any transaction: a slow reader hinders nobody. */
export async function* backupBytes(view: View, snapshot: Snapshot): AsyncGenerator<Buffer> {
  const gzip = createGzip();
  // Its errors are thrown where the bytes are read.
  pipeline(Readable.from(backupLines(view, snapshot)), gzip, () => {});
  for await (const piece of gzip as AsyncIterable<Buffer>) yield piece;
}

async function* backupLines(view: View, { head, secrets }: Snapshot): AsyncGenerator<Buffer> {
  const counts: Counts = { entries: 0, secrets: secrets.length };
  const hash = createHash('sha256');
  const line = (value: unknown): Buffer => {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    hash.update(bytes);
    return bytes;
  };
  yield line({ jikjiBackup: FORMAT_VERSION, head });
  let last = START.link;
  for await (const entry of view.entries()) {
    if (entry.seq > head.seq) break; // written meanwhile
    counts.entries++;
    last = entry.link;
    yield line({ entry });
  }
  if (last !== head.link)
    throw new JikjiError('log-moved', 'the log was replaced while it was read', `entry ${head.seq}`, 'try again');
  for (const secret of secrets) yield line({ secret });
  yield line({ end: counts, sha256: hash.copy().digest('hex') });
}

const First = z.strictObject({
  jikjiBackup: z.literal(FORMAT_VERSION),
  head: z.strictObject({ seq: countSchema, link: z.string() }),
});
const Counts = z.strictObject({ entries: countSchema, secrets: countSchema });
type Counts = z.infer<typeof Counts>;
const Line = z.union([
  z.strictObject({ entry: z.custom<Entry>((value) => typeof value === 'object' && value !== null) }),
  z.strictObject({ secret: z.strictObject({ name: z.string(), value: z.string() }) }),
  z.strictObject({ end: Counts, sha256: z.string() }),
]);

class BrokenBackup extends Error {}

const version1 = (file: string): JikjiError =>
  new JikjiError(
    'backup-broken',
    'it is a backup of format version 1, which no release wrote and which is not read',
    file,
    'back up the database itself again: it opens as before',
  );

/** Parsed lines of gzipped bytes, each with the digest of all lines before it. */
async function* parsedLines(source: Readable): AsyncGenerator<{ value: unknown; before: () => string }> {
  const hash = createHash('sha256');
  const gunzip = createGunzip();
  // Errors of both streams, also earlier ones, are thrown where the lines are read.
  pipeline(source, gunzip, () => {});
  try {
    let pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
        const line = Buffer.concat([...pieces, piece.subarray(from, end + 1)]);
        pieces = [];
        length = 0;
        from = end + 1;
        const before = hash.copy();
        yield { value: parse(line), before: () => before.digest('hex') };
        hash.update(line);
      }
      pieces.push(piece.subarray(from));
      length += piece.length - from;
      if (length > MAX_LINE) throw new BrokenBackup('a line is too long');
    }
    if (length > 0) throw new BrokenBackup('it ends in the middle of a line');
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function parse(line: Buffer): unknown {
  try {
    return parseJson(line.toString());
  } catch {
    throw new BrokenBackup('a line is not JSON');
  }
}

/** A backup to restore. */
interface Restored {
  file: string;
  replay?: Replay | undefined;
  /** Its bytes, if they are not those of the file. */
  source?: Readable | undefined;
}

/** Fills `database` (a transaction) from `file`. @throws JikjiError `database-not-empty`, `backup-broken`, `file-missing` */
export async function readBackup(
  database: Database,
  { file, where, replay, source }: Restored & { where: string },
): Promise<Contents> {
  if (!(await isEmpty(database))) {
    throw new JikjiError('database-not-empty', 'a backup goes into an empty database only', where, 'choose a new one');
  }
  try {
    return await fill(database, { file, source: source ?? createReadStream(file), replay });
  } catch (error) {
    throw readFailure(error, file);
  }
}

/** An error of a broken or unreadable file as a JikjiError; other errors are returned unchanged. */
function readFailure(error: unknown, file: string): unknown {
  const system = systemCode(error);
  if (system === 'ENOENT') return new JikjiError('file-missing', 'this file does not exist', file, 'check its name');
  if (system === 'EACCES' || system === 'EISDIR' || system === 'EIO') {
    return new JikjiError('file-unreadable', 'it cannot be read', file, 'check the file', { cause: error });
  }
  const code = (error as { code?: unknown } | null)?.code;
  const isZlib = typeof code === 'string' && code.startsWith('Z_');
  // 22: a value does not fit its column; 23: a row exists already.
  const isData = /^2[23]/.test(databaseCode(error) ?? '');
  if (!(error instanceof BrokenBackup || error instanceof EntryAltered || isZlib || isData)) return error;
  const why = isZlib ? 'not a whole gzip file' : isData ? 'a row does not fit its table' : (error as Error).message;
  const message = `the backup is not as it was written: ${why}`;
  return new JikjiError('backup-broken', message, file, 'use another backup', { cause: error });
}

async function isEmpty(database: Database): Promise<boolean> {
  for (const table of [entries, secrets, jobs])
    if ((await database.select().from(table).limit(1)).length > 0) return false;
  return true;
}

async function fill(database: Database, { file, source, replay }: Restored & { source: Readable }): Promise<Contents> {
  const counts = { entries: 0, secrets: 0 };
  let head = START;
  let first: z.infer<typeof First> | undefined;
  let ended = false;
  let waiting: Entry[] = [];
  const flush = async (): Promise<void> => {
    await insertEntries(database, waiting);
    waiting = [];
  };
  for await (const { value, before } of parsedLines(source)) {
    if (ended) throw new BrokenBackup('something follows its end');
    if (!first) {
      if ((value as { jikjiBackup?: unknown } | null)?.jikjiBackup === 1) throw version1(file);
      first = First.safeParse(value).data;
      if (!first) throw new BrokenBackup('it does not begin as a backup of this format');
      continue;
    }
    const { success, data: line } = Line.safeParse(value);
    if (!success) throw new BrokenBackup('a line has another form');
    if ('entry' in line) {
      head = follow(head, line.entry);
      replayEntry(line.entry, replay);
      counts.entries++;
      waiting.push(line.entry);
      if (waiting.length >= BATCH_ENTRIES) await flush();
    } else if ('secret' in line) {
      counts.secrets++;
      await database.insert(secrets).values(line.secret);
    } else {
      if (line.sha256 !== before()) throw new BrokenBackup('it does not have its digest');
      if (!isDeepStrictEqual(line.end, counts)) throw new BrokenBackup('something is missing from it');
      ended = true;
    }
  }
  if (!ended || !first) throw new BrokenBackup('its end is missing');
  if (head.seq !== first.head.seq || head.link !== first.head.link) throw new BrokenBackup('its log has another head');
  await flush();
  return { head, rows: 0, secrets: counts.secrets };
}

function replayEntry(entry: Entry, replay: Replay | undefined): void {
  try {
    replay?.take(entry);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    throw new BrokenBackup(`entry ${entry.seq} may not stand here by the rules of this release: ${error.message}`);
  }
}
