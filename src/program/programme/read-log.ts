// A log as it is read: its chain is followed, and what it says is taken in, entry by entry.

import { JikjiError } from '../../base/index.ts';
import type { Store } from '../database/index.ts';
import { type Entry, EntryAltered, follow, type Head, START } from '../log/index.ts';
import { State } from '../state/index.ts';

/** How far a log was read. */
export interface LogState {
  state: State;
  head: Head;
  /** Of the last entry. */
  time: string;
}

const emptyLog = (): LogState => ({ state: new State(), head: START, time: '' });

export const readAll = (store: Store): Promise<LogState> => readFrom(store, emptyLog());

/**
 * Takes in what stands in the log after the head; where it throws, `read` holds what came before.
 * @throws JikjiError `log-altered` with the cause, and as the store does
 */
export async function readFrom(store: Store, read: LogState, onEntry?: (entry: Entry) => void): Promise<LogState> {
  // From where the log stands, not from entry 1: one that somebody put before it is one too many.
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
  // A chain that is whole may hold what an earlier release let in: that is no sign of a forgery.
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
  /** The last entry that holds. */
  head: Head;
  /** Why the next one does not; undefined where all hold. */
  altered: string | undefined;
}

/** Reads a whole log, and says where it first is not what was written. */
export async function verifyLog(store: Store, onEntry: (entry: Entry) => void): Promise<Verification> {
  const read = emptyLog();
  try {
    await readFrom(store, read, onEntry);
    return { ...read, altered: undefined };
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'log-altered')) throw error;
    const { cause } = error;
    if (cause instanceof EntryAltered) return { ...read, altered: cause.message };
    // An entry that may not follow what stands before it was never taken in as it is now.
    if (cause instanceof JikjiError) {
      const why = `entry ${read.head.seq + 1} may not stand here by the rules of this release: ${cause.message}`;
      return { ...read, altered: why };
    }
    throw cause;
  }
}
