// The tables of a server's users. They do not follow from the log, and backups do not hold them. `users`, `sessions` and `accounts` have
// the columns that better-auth requires, and ours; src/program/users uses them.

import { boolean, index, uniqueIndex } from 'drizzle-orm/pg-core';
import { jikji, json, text, time, whole } from './columns.ts';

const { table } = jikji;

export const users = table('users', {
  id: text().primaryKey(),
  name: text().notNull(),
  role: text().notNull(),
  programme: text(),
  consortium: text(),
  blocked: boolean().notNull().default(false),
  createdAt: time().notNull(),
  updatedAt: time().notNull(),
  lastSeen: time(),
});

const user = () =>
  text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

/**
 * Log-ins and API tokens; a token has a label. `token`: SHA-256 of the secret. `userAgent`: only the kind of browser, such as
 * `firefox linux`; `ipAddress` stays empty. `confirmedAt`: when the password was last asked for again.
 */
export const sessions = table('sessions', {
  id: text().primaryKey(),
  token: text().notNull().unique(),
  userId: user(),
  label: text(),
  expiresAt: time().notNull(),
  createdAt: time().notNull(),
  updatedAt: time().notNull(),
  usedAt: time(),
  ipAddress: text(),
  userAgent: text(),
  confirmedAt: time(),
});

/** Credentials of users: the scrypt hash of a password. */
export const accounts = table('accounts', {
  id: text().primaryKey(),
  userId: user().unique(),
  accountId: text().notNull(),
  providerId: text().notNull(),
  password: text().notNull(),
  createdAt: time().notNull(),
  updatedAt: time().notNull(),
});

/** One-time links for new users. `token`: SHA-256 of the secret in the link. */
export const invitations = table('invitations', {
  id: text().primaryKey(),
  token: text().notNull().unique(),
  role: text().notNull(),
  programme: text(),
  consortium: text(),
  note: text(),
  invitedBy: text(),
  createdAt: time().notNull(),
  expiresAt: time().notNull(),
  usedAt: time(),
  usedBy: text(),
});

/** One-time links for a new password, the newest of each user. `token`: SHA-256 of the secret. `madeBy` null: the command line. */
export const resets = table('resets', {
  userId: user().primaryKey(),
  token: text().notNull().unique(),
  madeBy: text(),
  createdAt: time().notNull(),
  expiresAt: time().notNull(),
  usedAt: time(),
});

/** What the office did to accounts, and what they did with its links. Nothing here is changed or deleted. `changedBy` null: the command line. */
export const accountChanges = table('account_changes', {
  id: whole().primaryKey().generatedAlwaysAsIdentity(),
  time: time().notNull(),
  userId: text().notNull(),
  changedBy: text(),
  what: text().notNull(),
  before: json(),
  after: json(),
});

/** Who was shown what the public is not: one line for each person, thing and day. `time`: of the first reading. */
export const accesses = table(
  'accesses',
  {
    id: whole().primaryKey().generatedAlwaysAsIdentity(),
    programme: text().notNull(),
    day: text().notNull(),
    userId: text().notNull(),
    role: text().notNull(),
    consortium: text().notNull(),
    via: text().notNull(),
    what: text().notNull(),
    thing: text().notNull(),
    time: time().notNull(),
  },
  (t) => [
    uniqueIndex('accesses_once').on(t.programme, t.day, t.userId, t.role, t.consortium, t.via, t.what, t.thing),
    index().on(t.programme, t.id),
  ],
);

/** Backups that were taken over the API. `sha256`, `bytes` and `endedAt` only of a whole one. */
export const backups = table('backups', {
  id: text().primaryKey(),
  programme: text().notNull(),
  userId: text().notNull(),
  recipient: text().notNull(),
  createdAt: time().notNull(),
  begunAt: time(),
  endedAt: time(),
  entries: whole(),
  link: text(),
  bytes: whole(),
  sha256: text(),
});

/** The last verification of each programme over the API. */
export const verifications = table('verifications', {
  programme: text().primaryKey(),
  userId: text().notNull(),
  endedAt: time().notNull(),
  result: json(),
});
