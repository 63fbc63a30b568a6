// Reads a file of a run for display: one that cannot be read is a line in a list.

import { JikjiError, type Sentence } from '../../base/index.ts';

/** Files that could not be read, and the reasons: in Korean too, where they are known so. */
export type Unreadable = { file: string; why: string; whyKo?: string | undefined }[];

export const noteUnreadable = (unreadable: Unreadable, file: string, { en, ko }: Sentence): void =>
  void unreadable.push({ file, why: en, ...(ko !== undefined && { whyKo: ko }) });

/** The result of `read`; if it throws a JikjiError, undefined, with a line in `unreadable`. */
export function readOrNote<T>(file: string, unreadable: Unreadable, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    noteUnreadable(unreadable, file, { en: error.message, ko: error.ko?.message });
    return undefined;
  }
}
