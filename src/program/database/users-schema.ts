// The tables of those who log in to a server. They follow from no entry and no backup has them. `users`, `sessions` and `accounts`
// have the columns that better-auth wants, and ours; what is decided with them is in src/program/users.

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

/** Log-ins, and API tokens: those have a label. `token` is the SHA-256 of what opens it. */
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

/** How a user shows who he is: today by a password, of which the scrypt hash is here. */
export const accounts = table('accounts', {
  id: text().primaryKey(),
  userId: user().unique(),
  accountId: text().notNull(),
  providerId: text().notNull(),
  password: text().notNull(),
  createdAt: time().notNull(),
  updatedAt: time().notNull(),
});

/** Links that make one user each. `token` is the SHA-256 of what stands in the link. */
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
