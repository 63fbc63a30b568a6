// What a store can do. One interface; behind it PGlite in a folder or a PostgreSQL server.

import type { Json } from '../../ledger/index.ts';
import type { Entry, Head } from '../log/index.ts';
import type { Database } from './connection.ts';
import type { Jobs } from './jobs.ts';
import type { View } from './view.ts';

/** What the entries of a backup are held against. */
export interface Replay {
  /** @throws JikjiError where an entry may not follow those before it */
  take(entry: Entry): void;
  /** What the entries have come to, as the tables of a backup of version 1 have it. */
  rows(): Iterable<{ table: string; key: string; row: Json }>;
}

export interface Secrets {
  /** Replaces what is there. */
  put(name: string, value: string): Promise<void>;
  get(name: string): Promise<string | undefined>;
  delete(name: string): Promise<void>;
}

/** The tables of users-schema.ts. What fails in `work` is thrown as by every method of a store. */
export interface UserTables {
  ask<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** All or nothing. Nothing else may be asked of the store by `work`: in a folder it waits until this ends. */
  transact<T>(work: (database: Database) => Promise<T>): Promise<T>;
}

/**
 * Every method throws JikjiError `database-unreachable` where the database cannot be reached; what was being written then may or
 * may not be in it, and the head says which.
 */
export interface Store extends View {
  /** For people: the folder, or the address without its password. */
  readonly where: string;
  /**
   * All or nothing, and on disk when it returns.
   * @throws JikjiError `log-moved` where the head is another one by now; `entry-unfit` for what cannot be stored
   */
  append(expected: Head, entries: readonly Entry[]): Promise<void>;
  readonly secrets: Secrets;
  readonly jobs: Jobs;
  readonly users: UserTables;
  /**
   * Writes entries and secrets (in clear, so for its owner alone) into one file; jobs are not in it, nor those who log in.
   * @throws JikjiError `disk-full`, `not-writable`
   */
  backup(file: string): Promise<Contents>;
  /**
   * Fills an empty database from a backup, whole or not at all; with `replay`, only if its entries may follow one another, and rows
   * that a backup of version 1 has are what they come to. Those who log in may be there already, and stay.
   * @throws JikjiError `database-not-empty`, `backup-broken`, `file-missing`
   */
  restore(file: string, replay?: Replay): Promise<Contents>;
  close(): Promise<void>;
}

/** What a backup holds. */
export interface Contents {
  head: Head;
  /** Of version 1. */
  rows: number;
  secrets: number;
}
