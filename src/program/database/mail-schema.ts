// The tables of notices by e-mail and of log-ins by an identity provider. They do not follow from the log, and backups do not hold them.
// src/program/mail and src/program/users use them.

import { boolean, index, integer, primaryKey, uniqueIndex } from 'drizzle-orm/pg-core';
import { jikji, json, text, time, whole } from './columns.ts';
import { users } from './users-schema.ts';

const { table } = jikji;

const user = () => text().references(() => users.id, { onDelete: 'cascade' });

/** Notices, sent or not. `taker`: the lease of the store that sends one. Subject and body are erased when it was sent or has failed. */
export const outbox = table(
  'outbox',
  {
    id: whole().primaryKey().generatedAlwaysAsIdentity(),
    /** Made when the notice is written: all attempts to send it have the same one. */
    messageId: text().notNull().unique(),
    /** What the notice is about, once for each recipient: the same is not written twice. */
    key: text().unique(),
    kind: text().notNull(),
    /** Null for people who are not users yet. */
    userId: user(),
    address: text().notNull(),
    /** Role, programme and consortium for which it was written. */
    membership: text(),
    lang: text().$type<'en' | 'ko'>().notNull(),
    subject: text(),
    body: text(),
    status: text().$type<'waiting' | 'sending' | 'sent' | 'failed'>().notNull(),
    attempts: integer().notNull().default(0),
    /** Attempts whose end nobody knows: the process died, or the connection broke after the text was sent. */
    interrupted: integer().notNull().default(0),
    taker: integer(),
    createdAt: time().notNull(),
    /** The next attempt; the beginning of the last one while it is sent. */
    dueAt: time().notNull(),
    /** Not sent after this time. */
    until: time(),
    endedAt: time(),
    /** Why the last attempt failed: a word of src/program/mail, and the reply's numbers. */
    error: text(),
  },
  (t) => [index().on(t.status, t.dueAt), index().on(t.kind, t.createdAt)],
);

/** Where and about what a user wants notices. `address`: verified. `token`: SHA-256 of the secret in the link that verifies `pending`. */
export const addresses = table('addresses', {
  userId: user().primaryKey(),
  address: text(),
  pending: text(),
  token: text().unique(),
  expiresAt: time(),
  lang: text().$type<'en' | 'ko'>().notNull(),
  kinds: json().notNull(),
  updatedAt: time().notNull(),
});

/** How far the log of a programme was read for notices. */
export const mailCursors = table('mail_cursors', {
  programme: text().primaryKey(),
  seq: whole().notNull(),
  link: text().notNull(),
});

/** A provider's identities of users: never matched by name or e-mail. */
export const identities = table(
  'identities',
  {
    issuer: text().notNull(),
    subject: text().notNull(),
    userId: user().notNull(),
    /** Whether the user has no other way to log in: he came by an invitation that he accepted with this identity. */
    only: boolean().notNull(),
    linkedAt: time().notNull(),
    usedAt: time(),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.subject] }), uniqueIndex().on(t.userId, t.issuer)],
);

/** Log-ins under way at the provider. `state`, `browser`, `invitation`: SHA-256. Each is used once. */
export const openidFlows = table('openid_flows', {
  state: text().primaryKey(),
  browser: text().notNull(),
  nonce: text().notNull(),
  verifier: text().notNull(),
  purpose: text().$type<'log-in' | 'accept' | 'link'>().notNull(),
  invitation: text(),
  userId: user(),
  expiresAt: time().notNull(),
});
