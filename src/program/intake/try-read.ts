// What is read of a submission apart from its audit: the audit says what is wrong with a file, so here it is only left out.

import { JikjiError } from '../../base/index.ts';

/** What reading comes to; undefined where a file is not there or not as it should be. */
export function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}
