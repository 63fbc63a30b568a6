// Rows of which a test needs only some columns.

import type { Row, TableName } from '../rows.ts';
import type { Tables } from '../tables.ts';

/** Puts a row that has no other columns than these; its key is among them. */
export const putPart = <T extends TableName>(tables: Tables, table: T, columns: Partial<Row<T>>): void =>
  tables.put(table, columns as Row<T>);
