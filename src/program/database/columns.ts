// The column types of our tables, and their PostgreSQL schema. Knows no table.

import { bigint, customType, pgSchema } from 'drizzle-orm/pg-core';
import type { Json } from '../../ledger/index.ts';

/** A schema of its own, so that the database may hold other tables too. */
export const jikji = pgSchema('jikji');

/** Text ordered by bytes: the same order on every machine, whatever the locale of the database. */
export const text = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** JSON. Drizzle's own type parses a text that looks like JSON twice ("12" becomes 12). JSON `null` and SQL NULL both read as null. */
export const json = customType<{ data: Json; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value as Json,
});

/** A time: in the database text in UTC with milliseconds, as in entries; in the code a Date, as better-auth requires. */
export const time = customType<{ data: Date; driverData: string }>({
  dataType: () => 'text collate "C"',
  toDriver: (value) => value.toISOString(),
  fromDriver: (value) => new Date(value),
});

/** An integer up to 2^53. */
export const whole = () => bigint({ mode: 'number' });
