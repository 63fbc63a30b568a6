// The tables, for PGlite and PostgreSQL alike; beside them a view for each kind of entry, which src/program/state/views.ts states.
// Times are texts in UTC, as the entries have them.

import { index, integer } from 'drizzle-orm/pg-core';
import { jikji, json, text, whole } from './columns.ts';

export { accounts, invitations, sessions, users } from './users-schema.ts';
export { jikji };

const { table } = jikji;

/** The log: the only truth. */
export const entries = table('entries', {
  seq: whole().primaryKey(),
  time: text().notNull(),
  actor: text().notNull(),
  kind: text().notNull(),
  data: json(),
  link: text().notNull(),
});

/** What must not stand in the log yet: forms of experts until they are revealed. */
export const secrets = table('secrets', { name: text().primaryKey(), value: text().notNull() });

/** Work that was asked for. `taker` is the store that runs it: a number that it holds a lock on as long as it lives. */
export const jobs = table(
  'jobs',
  {
    id: whole().primaryKey().generatedAlwaysAsIdentity(),
    kind: text().notNull(),
    input: json(),
    status: text().$type<'queued' | 'running' | 'done' | 'failed'>().notNull(),
    attempts: integer().notNull().default(0),
    taker: integer(),
    started: text(),
    finished: text(),
    result: json(),
    error: text(),
  },
  (t) => [index().on(t.status, t.id)],
);
