// The kinds of columns that our tables have. Knows no table.

import { bigint, customType, doublePrecision, integer } from 'drizzle-orm/pg-core';
import type { Json } from '../../ledger/index.ts';

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

/** A binary64. */
export const number = doublePrecision;
/** A whole number up to 2^53. */
export const whole = () => bigint({ mode: 'number' });
export { integer };
