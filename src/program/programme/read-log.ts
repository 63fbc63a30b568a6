// Reads a log entry by entry: verifies its chain, and folds it into a state.

import { JikjiError, type Sentence } from '../../base/index.ts';
import type { View } from '../database/index.ts';
import { type Entry, EntryAltered, follow, type Head, START } from '../log/index.ts';
import { State } from '../state/index.ts';
import { REASONS } from './reasons.ts';
import * as refuse from './refusals.ts';

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

/** What is wrong with an entry: in Korean too, where what found it says it. */
function whyOf(cause: unknown): Sentence {
  if (cause instanceof EntryAltered) return cause.why;
  if (cause instanceof JikjiError) return { en: cause.message, ko: cause.ko?.message };
  return { en: cause instanceof Error ? cause.message : String(cause) };
}

function logAltered({ seq }: Entry, cause: unknown): JikjiError {
  // An intact chain may hold an entry that earlier rules accepted: that does not indicate forgery.
  const made = cause instanceof JikjiError ? refuse.notByRules : refuse.notAsWritten;
  return made(`entry ${seq}`, whyOf(cause)).causedBy(cause);
}

export interface Verification {
  state: State;
  /** The last valid entry. */
  head: Head;
  /** Why the next entry is not valid; undefined if all are valid. */
  altered: Sentence | undefined;
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
    if (cause instanceof EntryAltered) return { ...read, altered: cause.why };
    // An entry that must not follow the entries before it cannot have been written like this.
    if (cause instanceof JikjiError) {
      const { en, ko } = whyOf(cause);
      const said = REASONS.mayNotStand(read.head.seq + 1, { en, ko: ko ?? '' });
      return { ...read, altered: ko === undefined ? { en: said.en } : said };
    }
    throw cause;
  }
}
