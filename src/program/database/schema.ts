// The tables, the same for PGlite and PostgreSQL. Views of entries are in src/program/state/views.ts. Times are texts in UTC, as in
// entries.

import { index, integer } from 'drizzle-orm/pg-core';
import { jikji, json, text, whole } from './columns.ts';

export { addresses, identities, mailCursors, openidFlows, outbox } from './mail-schema.ts';
export {
  accesses,
  accountChanges,
  accounts,
  backups,
  invitations,
  resets,
  sessions,
  users,
  verifications,
} from './users-schema.ts';
export { jikji };

const { table } = jikji;

/** The log, from which the state of the programme follows. */
export const entries = table('entries', {
  seq: whole().primaryKey(),
  time: text().notNull(),
  actor: text().notNull(),
  kind: text().notNull(),
  data: json(),
  link: text().notNull(),
});

/** Data that must not be in the log yet, such as experts' forms until they are revealed. */
export const secrets = table('secrets', { name: text().primaryKey(), value: text().notNull() });

/** The queue of jobs. `taker`: the lease of the store that runs the job. */
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
