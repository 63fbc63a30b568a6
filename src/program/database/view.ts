// Reads head and entries, inside or outside a transaction.

import { setImmediate } from 'node:timers/promises';
import { asc, desc, eq, gte } from 'drizzle-orm';
import { type Entry, type Head, START } from '../log/index.ts';
import type { Database } from './connection.ts';
import { entries } from './schema.ts';

/** Read access to the log. */
export interface View {
  head(): Promise<Head>;
  /** In order, all or those from entry `from` on, read page by page. */
  entries(from?: number): AsyncIterable<Entry>;
  /** At most `count` entries from entry `from` on. */
  page(from: number, count: number): Promise<Entry[]>;
  /** The number of the entry that has a link. */
  seqOfLink(link: string): Promise<number | undefined>;
}

/** Entries of one query; one entry may have megabytes. */
const PAGE_ENTRIES = 64;

export async function readHead(database: Database): Promise<Head> {
  const { seq, link } = entries;
  const [head] = await database.select({ seq, link }).from(entries).orderBy(desc(seq)).limit(1);
  return head ?? START;
}

/** Awaited here, once: Drizzle runs a query again each time that it is awaited. */
const readEntries = async (database: Database, from: number | undefined, count: number): Promise<Entry[]> =>
  await database
    .select()
    .from(entries)
    .where(from === undefined ? undefined : gte(entries.seq, from))
    .orderBy(asc(entries.seq))
    .limit(count);

async function readSeqOfLink(database: Database, link: string): Promise<number | undefined> {
  const { seq } = entries;
  const [found] = await database.select({ seq }).from(entries).where(eq(entries.link, link)).limit(1);
  return found?.seq;
}

/** Reads the next page while the caller uses this one. */
async function* allEntries(database: Database, from?: number): AsyncGenerator<Entry> {
  let next: Promise<Entry[]> | undefined = readEntries(database, from, PAGE_ENTRIES);
  while (next) {
    const page: Entry[] = await next;
    const last = page.length === PAGE_ENTRIES ? page.at(-1) : undefined;
    next = last && readEntries(database, last.seq + 1, PAGE_ENTRIES);
    next?.catch(() => {}); // thrown where it is awaited, if it still is
    await setImmediate(); // sends the query before the caller blocks the thread
    yield* page;
  }
}

export const viewOf = (database: Database): View => ({
  head: () => readHead(database),
  entries: (from) => allEntries(database, from),
  page: (from, count) => readEntries(database, from, count),
  seqOfLink: (link) => readSeqOfLink(database, link),
});
