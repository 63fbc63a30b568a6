// Head, entries and rows as they are read, in or outside a transaction.

import { asc, desc, gte } from 'drizzle-orm';
import { type Entry, type Head, START } from '../log/index.ts';
import type { Row, TableName } from '../state/index.ts';
import type { Database } from './connection.ts';
import { readRows } from './rows.ts';
import { entries } from './schema.ts';

/** What a database holds, to look at. */
export interface View {
  head(): Promise<Head>;
  /** In order, all or those from entry `from` on, read page by page. */
  entries(from?: number): AsyncIterable<Entry>;
  /** All rows of a table in the order of their keys (of the bytes of texts), read page by page. */
  rows(table: TableName): AsyncIterable<Row>;
}

/** Entries that are read at once; one may have megabytes. */
const PAGE_ENTRIES = 64;

export async function readHead(database: Database): Promise<Head> {
  const { seq, link } = entries;
  const [head] = await database.select({ seq, link }).from(entries).orderBy(desc(seq)).limit(1);
  return head ?? START;
}

export const readEntries = (database: Database, from: number | undefined, count: number): Promise<Entry[]> =>
  database
    .select()
    .from(entries)
    .where(from === undefined ? undefined : gte(entries.seq, from))
    .orderBy(asc(entries.seq))
    .limit(count) as Promise<Entry[]>;

async function* allEntries(database: Database, from?: number): AsyncGenerator<Entry> {
  for (;;) {
    const page = await readEntries(database, from, PAGE_ENTRIES);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE_ENTRIES) return;
    from = last.seq + 1;
  }
}

export const viewOf = (database: Database): View => ({
  head: () => readHead(database),
  entries: (from) => allEntries(database, from),
  rows: (table) => readRows(database, table),
});
