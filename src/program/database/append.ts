// Entries go into the log together with the rows they come to, or not at all. Knows no rule.

import { sql } from 'drizzle-orm';
import { JikjiError } from '../../base/index.ts';
import { type Entry, EntryAltered, entryShape, follow, type Head } from '../log/index.ts';
import type { Change, Row } from '../state/index.ts';
import type { Database } from './connection.ts';
import { applyChanges, batches, recordset } from './rows.ts';
import { entries as log } from './schema.ts';
import { readHead } from './view.ts';

/** Inserts entries that were checked to follow. */
export async function insertEntries(database: Database, entries: readonly Entry[]): Promise<void> {
  // Entries have SQL's names of their columns.
  for (const batch of batches(entries as unknown as Iterable<Row>)) {
    await database.execute(sql`insert into ${log} select * from ${recordset(log, batch)}`);
  }
}

/** What cannot be stored is told before anything is written. @throws JikjiError `entry-unfit`; Error where they do not follow */
export function checkEntries(expected: Head, entries: readonly Entry[]): void {
  if (entries.length === 0) throw new Error('rows change only with entries');
  let head = expected;
  for (const entry of entries) {
    const { error } = entryShape.safeParse(entry);
    if (error) {
      const [issue] = error.issues;
      const field = issue?.path.join('.') || 'its form';
      throw new JikjiError('entry-unfit', `this cannot be stored: ${field} ${issue?.message}`, entry.kind, 'change it');
    }
    try {
      head = follow(head, entry);
    } catch (error) {
      throw error instanceof EntryAltered ? new Error(`entry ${entry.seq} does not follow`, { cause: error }) : error;
    }
  }
}

export const logMoved = (expected: Head): JikjiError =>
  new JikjiError(
    'log-moved',
    'somebody else has written to the log in the meantime',
    `entry ${expected.seq + 1}`,
    'look at what is new, then try again',
  );

/** Runs in a transaction. Of two at once, the second waits for the first and then finds its place taken. */
export async function appendEntries(
  database: Database,
  expected: Head,
  entries: readonly Entry[],
  changes: readonly Change[],
): Promise<void> {
  await database.execute(sql`set local synchronous_commit = on`);
  const head = await readHead(database);
  if (head.seq !== expected.seq || head.link !== expected.link) throw logMoved(expected);
  await insertEntries(database, entries);
  await applyChanges(database, changes);
}
