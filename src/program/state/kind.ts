// What a kind of entry is: the shape of its data, when it may come, and what it does to the tables.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
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

/** A name that people type: letters, digits and hyphens. */
export const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens');
export const text = z.string().min(1).max(20_000);
/** It stands in tables, in comments of scripts and forms, and on one line of a terminal. */
const name = z
  .string()
  .min(1, 'must not be empty')
  .max(300, 'must have at most 300 characters')
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be text on one line');
export const title = z.strictObject({ en: name, ko: name.optional() });
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');
/** Where a figure was published. */
const source = z.strictObject({
  publisher: z.string().min(1).max(300),
  item: z.string().max(300).optional(),
  date: z.string().max(40).optional(),
  url: z.string().max(500).optional(),
});
export const sources = z.union([source, z.array(source).max(50), z.literal('not recorded')]);

export const refused = (code: string, message: string, input: string, hint: string): JikjiError =>
  new JikjiError(code, message, input, hint);

/** The row that must be there. */
export function existing(tables: Tables, table: Parameters<Tables['get']>[0], name: string, what: string) {
  const row = tables.get(table, name);
  if (row) return row;
  const known = [...tables.all(table)].map((other) => String(other.id ?? other.digest)).slice(0, 8);
  throw refused(
    `${what.replaceAll(' ', '-')}-unknown`,
    `there is no ${what} of this name`,
    name,
    known.length > 0 ? `there are: ${known.join(', ')}` : 'there is none yet',
  );
}

/** A name that is free: the one wished for, cut to its length, with a number where it is taken. */
export function freeId(tables: Tables, table: Parameters<Tables['get']>[0], wish: string): string {
  const base = wish.slice(0, 56);
  for (let n = 2, free = base; ; free = `${base}-${n++}`) if (!tables.get(table, free)) return free;
}

/** The row that must not be there yet. */
export function fresh(tables: Tables, table: Parameters<Tables['get']>[0], name: string, what: string): void {
  if (!tables.get(table, name)) return;
  throw refused(
    `${what.replaceAll(' ', '-')}-exists`,
    `there is ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} of this name already`,
    name,
    'choose another name',
  );
}
