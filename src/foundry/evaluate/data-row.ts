// A row of a task's data file as every format gives it, how many there may be, and what is thrown where there are none.

import { count } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';

/** A row: its columns by name. */
export type Row = { [column: string]: Json };

/** What a file holds that cannot be read, in words. */
export class DataError extends Error {}

/** Bytes of a file, unpacked. */
export const MAX_BYTES = 64 << 20;
const MAX_ROWS = 1_000_000;

export function checkCount(rows: number): void {
  if (rows > MAX_ROWS) throw new DataError(`more than ${count(MAX_ROWS)} rows`);
}
