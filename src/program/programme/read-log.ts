// Reads a log entry by entry: verifies its chain, and folds it into a state.

import { JikjiError } from '../../base/index.ts';
import type { View } from '../database/index.ts';
import { type Entry, EntryAltered, follow, type Head, START } from '../log/index.ts';
import { State } from '../state/index.ts';

type Entries = Pick<View, 'entries'>;

/** The state of a log up to an entry. */
export interface LogState {
  state: State;
  head: Head;
  /** Time of the last entry. */
  time: string;
}

const emptyLog = (): LogState => ({ state: new State(), head: START, time: '' });

export const readAll = (store: Entries): Promise<LogState> => readFrom(store, emptyLog());

/**
 * Reads the entries after `read.head` into `read`. After an error `read` holds the state before the failed entry.
 * @throws JikjiError `log-altered` with the cause, and as the store does
 */
export async function readFrom(store: Entries, read: LogState, onEntry?: (entry: Entry) => void): Promise<LogState> {
  // Undefined, not 1: entries that somebody inserted before entry 1 must fail too.
  const from = read.head.seq === 0 ? undefined : read.head.seq + 1;
  for await (const entry of store.entries(from)) {
    try {
      const head = follow(read.head, entry);
      read.state.take(entry);
      read.head = head;
    } catch (cause) {
      throw logAltered(entry, cause);
    }
    read.time = entry.time;
    onEntry?.(entry);
  }
  return read;
}

function logAltered({ seq }: Entry, cause: unknown): JikjiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  // An intact chain may hold an entry that an earlier release accepted: that does not indicate forgery.
  const [message, hint] =
    cause instanceof JikjiError
      ? [
          `by the rules of this release this entry may not stand where it stands: ${why}`,
          'it was altered, or a release with other rules wrote it; jikji program verify tells more',
        ]
      : [
          `the log is not what was written: ${why}`,
          'jikji program verify tells more; restore the database from a backup',
        ];
  return new JikjiError('log-altered', message, `entry ${seq}`, hint, { cause });
}

export interface Verification {
  state: State;
  /** The last valid entry. */
  head: Head;
  /** Why the next entry is not valid; undefined if all are valid. */
  altered: string | undefined;
}

/** Reads a whole log, and reports the first entry that is not as it was written. */
export async function verifyLog(store: Entries, onEntry: (entry: Entry) => void): Promise<Verification> {
  const read = emptyLog();
  try {
    await readFrom(store, read, onEntry);
    return { ...read, altered: undefined };
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'log-altered')) throw error;
    const { cause } = error;
    if (cause instanceof EntryAltered) return { ...read, altered: cause.message };
    // An entry that must not follow the entries before it cannot have been written like this.
    if (cause instanceof JikjiError) {
      const why = `entry ${read.head.seq + 1} may not stand here by the rules of this release: ${cause.message}`;
      return { ...read, altered: why };
    }
    throw cause;
  }
}
