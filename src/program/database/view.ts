// Head and entries as they are read, in or outside a transaction.

import { setImmediate } from 'node:timers/promises';
import { asc, desc, gte } from 'drizzle-orm';
import { type Entry, type Head, START } from '../log/index.ts';
import type { Database } from './connection.ts';
import { entries } from './schema.ts';

/** What a database holds, to look at. */
export interface View {
  head(): Promise<Head>;
  /** In order, all or those from entry `from` on, read page by page. */
  entries(from?: number): AsyncIterable<Entry>;
  /** At most `count` entries from entry `from` on. */
  page(from: number, count: number): Promise<Entry[]>;
}

/** Entries that are read at once; one may have megabytes. */
const PAGE_ENTRIES = 64;

export async function readHead(database: Database): Promise<Head> {
  const { seq, link } = entries;
  const [head] = await database.select({ seq, link }).from(entries).orderBy(desc(seq)).limit(1);
  return head ?? START;
}

/** Drizzle asks the database again whenever such a question is waited for: it is waited for here, once. */
const readEntries = async (database: Database, from: number | undefined, count: number): Promise<Entry[]> =>
  await database
    .select()
    .from(entries)
    .where(from === undefined ? undefined : gte(entries.seq, from))
    .orderBy(asc(entries.seq))
    .limit(count);

/** The next page is read while this one is looked at. */
async function* allEntries(database: Database, from?: number): AsyncGenerator<Entry> {
  let next: Promise<Entry[]> | undefined = readEntries(database, from, PAGE_ENTRIES);
  while (next) {
    const page: Entry[] = await next;
    const last = page.length === PAGE_ENTRIES ? page.at(-1) : undefined;
    next = last && readEntries(database, last.seq + 1, PAGE_ENTRIES);
    next?.catch(() => {}); // thrown where it is waited for, if it still is
    await setImmediate(); // who looks at the page may leave no time for the question to go out
    yield* page;
  }
}

export const viewOf = (database: Database): View => ({
  head: () => readHead(database),
  entries: (from) => allEntries(database, from),
  page: (from, count) => readEntries(database, from, count),
});
