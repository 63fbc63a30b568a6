// The interface of a store: PGlite in a folder, or a PostgreSQL server.

import type { Readable } from 'node:stream';
import type { Entry, Head } from '../log/index.ts';
import type { Database } from './connection.ts';
import type { Jobs } from './jobs.ts';
import type { Outbox } from './outbox.ts';
import type { View } from './view.ts';

/** Checks the entries of a backup while it is restored. */
export interface Replay {
  /** @throws JikjiError if the entry must not follow those before it */
  take(entry: Entry): void;
}

export interface Secrets {
  /** Replaces an existing value. */
  put(name: string, value: string): Promise<void>;
  get(name: string): Promise<string | undefined>;
  delete(name: string): Promise<void>;
}

/** The tables of users-schema.ts and mail-schema.ts. Errors in `work` are explained as those of a store. */
export interface UserTables {
  ask<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** All or nothing. `work` must not use the store: in a folder it would wait for the end of this transaction, for ever. */
  transact<T>(work: (database: Database) => Promise<T>): Promise<T>;
}

/**
 * Every method throws JikjiError `database-unreachable` if the database cannot be reached. An interrupted write may or may not be in
 * it: the head shows which.
 */
export interface Store extends View {
  /** For people: the folder, or the address without its password. */
  readonly where: string;
  /**
   * All or nothing, and on disk when it returns.
   * @throws JikjiError `log-moved` if the head is no longer `expected`; `entry-unfit` for data that cannot be stored
   */
  append(expected: Head, entries: readonly Entry[]): Promise<void>;
  readonly secrets: Secrets;
  readonly jobs: Jobs;
  readonly outbox: Outbox;
  readonly users: UserTables;
  /**
   * Writes entries and secrets (in clear, so for the owner only) to one file, without jobs, users and notices.
   * @throws JikjiError `disk-full`, `not-writable`
   */
  backup(file: string): Promise<Contents>;
  /** The same bytes as they are read, and nothing on disk. Writing goes on; what is written meanwhile is not in it. */
  backupBytes(): Promise<{ contents: Contents; bytes: AsyncGenerator<Buffer> }>;
  /**
   * Fills an empty database from a backup, all or nothing. `replay` checks that its entries may follow one another.
   * Existing users stay. `source`: the bytes, where they are not those of the file.
   * @throws JikjiError `database-not-empty`, `backup-broken`, `file-missing`
   */
  restore(file: string, replay?: Replay, source?: Readable): Promise<Contents>;
  close(): Promise<void>;
}

/** What a backup holds. */
export interface Contents {
  head: Head;
  /** Programs that read `--json` know it. */
  rows: 0;
  secrets: number;
}
