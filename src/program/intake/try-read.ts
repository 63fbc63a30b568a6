// Reads files of a submission outside its audit. A broken file is ignored here, because the audit reports it.

import { JikjiError } from '../../base/index.ts';

/** The result of `read`; undefined if it throws a JikjiError. */
export function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}
