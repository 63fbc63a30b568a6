// Reads a file of a run for display: one that cannot be read is a line in a list.

import { JikjiError } from '../../base/index.ts';

/** Files that could not be read, and the reasons. */
export type Unreadable = { file: string; why: string }[];

/** The result of `read`; if it throws a JikjiError, undefined, with a line in `unreadable`. */
export function readOrNote<T>(file: string, unreadable: Unreadable, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    unreadable.push({ file, why: error.message });
    return undefined;
  }
}
