// Reads files of a submission outside its audit. A broken file is ignored here, because the audit reports it.

import { JikjiError } from '../../base/index.ts';
import { kindOf, parseStatement } from '../../ledger/index.ts';
import { GENESIS } from '../../run-folder/index.ts';

/** The result of `read`; undefined if it throws a JikjiError. */
export function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}

/** Whose key signed a genesis, of a run of either kind. */
export function makerIn(text: string): string | undefined {
  const kind = kindOf(text);
  if (kind !== 'genesis' && kind !== 'witness-genesis') return undefined;
  return tryRead(() => parseStatement(text, kind, GENESIS).keyid);
}
