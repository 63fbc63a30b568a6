// Names of programmes, consortia, stages and so on, and the entry that corrects one. Ids never change: entries refer to them.

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Title } from '../../formats/index.ts';
import { id, text, title } from './fields.ts';
import { kind, requireRow } from './kind.ts';
import { nameKnown, nameMoved } from './refusals/things.ts';
import type { TableName } from './rows.ts';
import type { Tables } from './tables.ts';

/** Things whose name can be corrected: table, and column of the name. */
const NAMED = {
  programme: { table: 'programmes', column: 'name' },
  organisation: { table: 'organisations', column: 'name' },
  consortium: { table: 'consortia', column: 'name' },
  application: { table: 'applications', column: 'name' },
  call: { table: 'calls', column: 'title' },
  stage: { table: 'stages', column: 'title' },
} as const satisfies Record<string, { table: TableName; column: 'name' | 'title' }>;
export type NamedThing = keyof typeof NAMED;
export const NAMED_THINGS = Object.keys(NAMED) as [NamedThing, ...NamedThing[]];

/** The current name. @throws JikjiError `...-unknown` */
export function nameNow(tables: Tables, what: NamedThing, of: string): Title {
  const { table, column } = NAMED[what];
  return (requireRow(tables, table, of, what) as unknown as Record<string, Title>)[column]!;
}

/** The English name of a consortium; its id if it does not exist. */
export const consortiumName = (tables: Tables, consortium: string): string =>
  tables.get('consortia', consortium)?.name.en ?? consortium;

/** A correction of a name. The entry holds the old and the new name, so that the log alone shows the change. */
export const nameMended = kind({
  shape: z.strictObject({ what: z.enum(NAMED_THINGS), id, before: title, name: title, reason: text.optional() }),
  check(tables, data) {
    const now = nameNow(tables, data.what, data.id);
    if (!isDeepStrictEqual(now, data.before)) throw nameMoved(data.id, now.en);
    if (isDeepStrictEqual(now, data.name)) throw nameKnown(data.id);
  },
  apply(tables, data) {
    const { table, column } = NAMED[data.what];
    tables.update(table, data.id, { [column]: data.name });
  },
});
