// Names: of whom and of what they are, and how one that was entered wrongly is mended. Ids stay: entries refer to them.

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Title } from '../../formats/index.ts';
import { id, text, title } from './fields.ts';
import { kind, requireRow } from './kind.ts';
import { refusal } from './refusals.ts';
import type { TableName } from './rows.ts';
import type { Tables } from './tables.ts';

/** What has a name that can be mended: its table, and the column that holds the name. */
const NAMED = {
  programme: { table: 'programmes', column: 'name' },
  organisation: { table: 'organisations', column: 'name' },
  consortium: { table: 'consortia', column: 'name' },
  application: { table: 'applications', column: 'name' },
  call: { table: 'calls', column: 'title' },
  stage: { table: 'stages', column: 'title' },
} as const satisfies Record<string, { table: TableName; column: 'name' | 'title' }>;
export type Named = keyof typeof NAMED;
export const NAMED_THINGS = Object.keys(NAMED) as [Named, ...Named[]];

/** The name that something has now. @throws JikjiError `...-unknown` */
export function nameNow(tables: Tables, what: Named, of: string): Title {
  const { table, column } = NAMED[what];
  return (requireRow(tables, table, of, what) as unknown as Record<string, Title>)[column]!;
}

/** A consortium by its name in English, for people; its id where nobody of that id is there. */
export const consortiumName = (tables: Tables, consortium: string): string =>
  tables.get('consortia', consortium)?.name.en ?? consortium;

/** Another name from now on. The entry holds both names, so that the log says by itself what was changed. */
export const nameMended = kind({
  shape: z.strictObject({ what: z.enum(NAMED_THINGS), id, before: title, name: title, reason: text.optional() }),
  check(tables, data) {
    const now = nameNow(tables, data.what, data.id);
    if (!isDeepStrictEqual(now, data.before)) throw refusal('name-moved', `its name is ${now.en} by now`, data.id);
    if (isDeepStrictEqual(now, data.name)) throw refusal('name-known', 'this is its name already', data.id);
  },
  apply(tables, data) {
    const { table, column } = NAMED[data.what];
    tables.update(table, data.id, { [column]: data.name });
  },
});
