// Rows of the tables that follow from the log: written as the changes say, read in the order of their keys. Knows no rule.

import { and, asc, type Column, getTableColumns, type SQL, sql } from 'drizzle-orm';
import { toSnakeCase } from 'drizzle-orm/casing';
import type { PgTable } from 'drizzle-orm/pg-core';
import { type Change, type Row, TABLES, type TableName } from '../state/index.ts';
import type { Database } from './connection.ts';
import { derived } from './schema.ts';

/** Rows that go to the database in one statement. */
const BATCH_ROWS = 2000;
const BATCH_CHARACTERS = 4 << 20;
/** Rows that are read at once. */
const PAGE_ROWS = 1000;

export const TABLE_NAMES = Object.keys(derived) as TableName[];

interface Shape {
  table: PgTable;
  /** By the names that rows use. */
  keys: readonly string[];
  columns: readonly string[];
  column(name: string): Column;
}

const shapes = new Map<TableName, Shape>(
  TABLE_NAMES.map((name) => {
    const table: PgTable = derived[name];
    const columns: Record<string, Column> = getTableColumns(table);
    return [name, { table, keys: TABLES[name], columns: Object.keys(columns), column: (of) => columns[of]! }];
  }),
);

/** What a table is made of. */
export const shapeOf = (table: TableName): Shape => shapes.get(table)!;

const named = (name: string): SQL => sql`${sql.identifier(toSnakeCase(name))}`;
const list = (parts: SQL[], between = sql`, `): SQL => sql.join(parts, between);

/** Why a row with its key does not have the columns of its table, or undefined. */
export function misfit(table: TableName, row: Row): string | undefined {
  const { columns } = shapeOf(table);
  const missing = columns.find((name) => row[name] === undefined);
  if (missing !== undefined) return `a row of ${table} comes without ${missing}`;
  const other = Object.keys(row).find((name) => !columns.includes(name));
  return other === undefined ? undefined : `${table} has no column ${other}`;
}

/** A row by SQL's names of its columns. */
function inColumns(table: TableName, row: Row): Row {
  const why = misfit(table, row);
  if (why) throw new Error(why);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [toSnakeCase(name), value]));
}

/** In lists of which each makes one statement. */
export function* batches(rows: Iterable<Row>): Generator<string> {
  let texts: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    texts.push(text);
    length += text.length;
    if (texts.length < BATCH_ROWS && length < BATCH_CHARACTERS) continue;
    yield `[${texts.join()}]`;
    texts = [];
    length = 0;
  }
  if (texts.length > 0) yield `[${texts.join()}]`;
}

/** PostgreSQL reads the rows from JSON: one parameter for a whole batch, each column by its own type. */
export const recordset = (table: PgTable, json: string): SQL =>
  sql`json_populate_recordset(null::${table}, ${json}::json)`;

/** Inserts rows with their keys; none may be there already. */
export async function insertRows(database: Database, table: TableName, rows: readonly Row[]): Promise<void> {
  const { table: into } = shapeOf(table);
  for (const batch of batches(rows.map((row) => inColumns(table, row)))) {
    await database.execute(sql`insert into ${into} select * from ${recordset(into, batch)}`);
  }
}

/** Writes what the changes come to: of several that name one row, the last one. */
export async function applyChanges(database: Database, changes: readonly Change[]): Promise<void> {
  const last = new Map<TableName, Map<string, Change>>();
  for (const change of changes) {
    let ofTable = last.get(change.table);
    if (!ofTable) {
      ofTable = new Map();
      last.set(change.table, ofTable);
    }
    ofTable.set(JSON.stringify(TABLES[change.table].map((name) => change.key[name])), change);
  }
  for (const [name, ofTable] of last) {
    const { table, keys, columns } = shapeOf(name);
    const there = [...ofTable.values()].filter(({ row }) => row !== null);
    const upserts = there.map(({ key, row }) => inColumns(name, { ...key, ...row }));
    const set = list(columns.filter((c) => !keys.includes(c)).map((c) => sql`${named(c)} = excluded.${named(c)}`));
    for (const batch of batches(upserts)) {
      await database.execute(
        sql`insert into ${table} select * from ${recordset(table, batch)} on conflict (${list(keys.map(named))}) do update set ${set}`,
      );
    }
    const gone = [...ofTable.values()].filter(({ row }) => row === null);
    const match = list(
      keys.map((k) => sql`t.${named(k)} = gone.${named(k)}`),
      sql` and `,
    );
    for (const batch of batches(
      gone.map(({ key }) => Object.fromEntries(Object.entries(key).map(([k, v]) => [toSnakeCase(k), v]))),
    )) {
      await database.execute(sql`delete from ${table} t using ${recordset(table, batch)} gone where ${match}`);
    }
  }
}

/** All rows in the order of their keys, read page by page. */
export async function* readRows(database: Database, name: TableName): AsyncGenerator<Row> {
  const { table, keys, column } = shapeOf(name);
  const columns = keys.map(column);
  const order = columns.map((c) => asc(c));
  let after: SQL | undefined;
  for (;;) {
    const page = (await database
      .select()
      .from(table)
      .where(and(after))
      .orderBy(...order)
      .limit(PAGE_ROWS)) as Row[];
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE_ROWS) return;
    after = sql`(${list(columns.map((c) => sql`${c}`))}) > (${list(keys.map((key) => sql`${last[key]}`))})`;
  }
}
