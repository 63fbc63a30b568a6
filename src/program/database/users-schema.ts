// The tables of a server's users. They do not follow from the log, and backups do not hold them. `users`, `sessions` and `accounts` have
// the columns that better-auth requires, and ours; src/program/users uses them.

import { boolean } from 'drizzle-orm/pg-core';
import { jikji, text, time } from './columns.ts';

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

/** Log-ins and API tokens; a token has a label. `token`: SHA-256 of the secret. */
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
