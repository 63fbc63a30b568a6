// The kinds of columns that our tables have, and the schema they lie in. Knows no table.

import { bigint, customType, pgSchema } from 'drizzle-orm/pg-core';
import type { Json } from '../../ledger/index.ts';

/** Of our own, so that a database may hold other things beside. */
export const jikji = pgSchema('jikji');

/** A text. Its order is that of its bytes, the same on every machine, whatever language the database was made for. */
export const text = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/**
 * JSON. Drizzle's own kind reads a text that looks like JSON a second time ("12" becomes 12); this one leaves what `pg` has read.
 * The JSON `null` and no value are one: null.
 */
export const json = customType<{ data: Json; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value as Json,
});

/** A moment as the entries have theirs, a text in UTC to the millisecond; a Date in the code, as better-auth wants it. */
export const time = customType<{ data: Date; driverData: string }>({
  dataType: () => 'text collate "C"',
  toDriver: (value) => value.toISOString(),
  fromDriver: (value) => new Date(value),
});

/** A whole number up to 2^53. */
export const whole = () => bigint({ mode: 'number' });
