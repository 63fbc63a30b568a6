// The row that every format of a data file gives, the limits of a file, and the error of its readers.

import { count } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';

/** The cells of a row by column name. */
export type Row = { [column: string]: Json };

/** Why a data file cannot be read. */
export class DataError extends Error {
  /** How to mend it, where its reader knows. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** Bytes of an unpacked file. */
export const MAX_DATA_BYTES = 64 << 20;
const MAX_ROWS = 1_000_000;

export function checkCount(rows: number): void {
  if (rows > MAX_ROWS) throw new DataError(`more than ${count(MAX_ROWS)} rows`);
}
