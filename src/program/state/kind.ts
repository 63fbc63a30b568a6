// The definition of a kind of entry: the shape of its data, when it may follow, and its effect on the tables.

import type { z } from 'zod';
import { type Existing, exists, type Unknown, unknown, unknownYet } from './refusals/things.ts';
import { KEYS, type Row, type TableName } from './rows.ts';
import type { Tables } from './tables.ts';

/** The entry itself, without kind and data. */
export interface About {
  seq: number;
  time: string;
  actor: string;
  /** Link of the entry before it. */
  before: string;
}

export interface Kind<T> {
  shape: z.ZodType<T>;
  /** @throws JikjiError if the entry must not follow the entries before it */
  check(tables: Tables, data: T, about: About): void;
  apply(tables: Tables, data: T, about: About): void;
}

export const kind = <T>(definition: Kind<T>): Kind<T> => definition;

/** Returns an existing row. `what` names it in the error. @throws JikjiError `...-unknown` */
export function requireRow<T extends TableName>(tables: Tables, table: T, name: string, what: Unknown): Row<T> {
  const row = tables.get(table, name);
  if (row) return row;
  const key = (KEYS[table] ?? 'id') as keyof Row<T>;
  const known = tables
    .all(table)
    .slice(0, 8)
    .map((other) => other[key]);
  throw known.length > 0 ? unknown(what)(name, known.join(', ')) : unknownYet(what)(name);
}

/** An unused id: the wished one, cut to 56 characters, with a number if it is taken. */
export function freeId(tables: Tables, table: TableName, wish: string): string {
  const base = wish.slice(0, 56);
  for (let n = 2, free = base; ; free = `${base}-${n++}`) if (!tables.get(table, free)) return free;
}

/** @throws JikjiError `...-exists` if the table has a row of this name */
export function requireFree(tables: Tables, table: TableName, name: string, what: Existing): void {
  if (tables.get(table, name)) throw exists(what)(name);
}
