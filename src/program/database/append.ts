// Appends entries to the log, all or none. Knows no rule.

import { sql } from 'drizzle-orm';
import type { JikjiError } from '../../base/index.ts';
import { type Entry, type EntryAltered, EntryUnfit, follow, type Head } from '../log/index.ts';
import type { Database } from './connection.ts';
import * as refuse from './refusals.ts';
import { entries as log } from './schema.ts';
import { readHead } from './view.ts';

/** Limits of one SQL statement. */
const MAX_BATCH_ENTRIES = 2000;
const MAX_BATCH_LENGTH = 4 << 20;

/** JSON arrays of entries, one for each statement. */
function* batches(entries: readonly Entry[]): Generator<string> {
  let texts: string[] = [];
  let length = 0;
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    texts.push(text);
    length += text.length;
    if (texts.length < MAX_BATCH_ENTRIES && length < MAX_BATCH_LENGTH) continue;
    yield `[${texts.join()}]`;
    texts = [];
    length = 0;
  }
  if (texts.length > 0) yield `[${texts.join()}]`;
}

/** Inserts checked entries. PostgreSQL reads them from JSON: one parameter for a whole batch. */
export async function insertEntries(database: Database, entries: readonly Entry[]): Promise<void> {
  for (const batch of batches(entries)) {
    await database.execute(sql`insert into ${log} select * from json_populate_recordset(null::${log}, ${batch}::json)`);
  }
}

/** Checks entries before anything is written. @throws JikjiError `entry-unfit`; Error if they do not follow `expected` */
export function checkEntries(expected: Head, entries: readonly Entry[]): void {
  if (entries.length === 0) throw new Error('there are no entries to append');
  let head = expected;
  for (const entry of entries) {
    try {
      head = follow(head, entry);
    } catch (error) {
      const { cause } = error as EntryAltered;
      if (!(cause instanceof EntryUnfit)) throw new Error(`entry ${entry.seq} does not follow`, { cause: error });
      throw refuse.unfit(entry.kind, cause.field, cause.why);
    }
  }
}

export const logMoved = (expected: Head): JikjiError => refuse.logMoved(`entry ${expected.seq + 1}`);

/** Runs in a transaction. The second of two parallel writers waits for the first, and then finds its number taken. */
export async function appendEntries(database: Database, expected: Head, entries: readonly Entry[]): Promise<void> {
  await database.execute(sql`set local synchronous_commit = on`);
  const head = await readHead(database);
  if (head.seq !== expected.seq || head.link !== expected.link) throw logMoved(expected);
  await insertEntries(database, entries);
}
