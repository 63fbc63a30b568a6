// The programme's database: PGlite in a folder or a PostgreSQL server. Holds the log, secrets, jobs and users. Knows no rule.

export type { Database } from './connection.ts';
export type { Job } from './jobs.ts';
export { addresses, identities, mailCursors, openidFlows, outbox } from './mail-schema.ts';
export { openStore } from './open.ts';
export { type AttemptEnd, type NewNotice, type Notice, type OutboxRow, writeNotices } from './outbox.ts';
export type { Store, UserTables } from './store.ts';
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
export type { View } from './view.ts';
