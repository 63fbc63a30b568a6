// What a kind of entry is: the shape of its data, when it may come, and what it does to the tables.

import type { z } from 'zod';
import { type BeginningOf, type ErrorCode, JikjiError } from '../../base/index.ts';
import { KEYS, type Row, type TableName } from './rows.ts';
import type { Tables } from './tables.ts';

/** What an entry knows of itself while it is applied. */
interface About {
  seq: number;
  time: string;
  actor: string;
  /** Link of the entry before it. */
  before: string;
}

export interface Kind<T> {
  shape: z.ZodType<T>;
  /** @throws JikjiError where the entry may not follow what is there */
  check(tables: Tables, data: T, about: About): void;
  apply(tables: Tables, data: T, about: About): void;
}

export const kind = <T>(definition: Kind<T>): Kind<T> => definition;

/** The row that must be there. */
export function requireRow<T extends TableName>(
  tables: Tables,
  table: T,
  name: string,
  what: BeginningOf<ErrorCode, 'unknown'>,
): Row<T> {
  const row = tables.get(table, name);
  if (row) return row;
  const key = (KEYS[table] ?? 'id') as keyof Row<T>;
  const known = tables
    .all(table)
    .slice(0, 8)
    .map((other) => other[key]);
  throw new JikjiError(
    `${what}-unknown`,
    `there is no ${what.replaceAll('-', ' ')} of this name`,
    name,
    known.length > 0 ? `there are: ${known.join(', ')}` : 'there is none yet',
  );
}

/** A name that is free: the one wished for, cut to its length, with a number where it is taken. */
export function freeId(tables: Tables, table: TableName, wish: string): string {
  const base = wish.slice(0, 56);
  for (let n = 2, free = base; ; free = `${base}-${n++}`) if (!tables.get(table, free)) return free;
}

/** The row that must not be there yet. */
export function requireFree(
  tables: Tables,
  table: TableName,
  name: string,
  what: BeginningOf<ErrorCode, 'exists'>,
): void {
  if (!tables.get(table, name)) return;
  throw new JikjiError(
    `${what}-exists`,
    `there is ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what.replaceAll('-', ' ')} of this name already`,
    name,
    'choose another name',
  );
}
