// An open programme: its log is read and checked, its state is in memory, and new entries are written to both.

import { JikjiError } from '../../base/index.ts';
import type { Job } from '../database/index.ts';
import { openStore, type Store } from '../database/index.ts';
import { type Entry, type Head, nextEntry } from '../log/index.ts';
import type { Proposal, Tables } from '../state/index.ts';
import { type LogState, readAll, readFrom } from './read-log.ts';

/** The submission of a job; undefined if its input names none. */
export function submissionOfJob({ input }: Pick<Job, 'input'>): string | undefined {
  const named = (input as { submission?: unknown } | null)?.submission;
  return typeof named === 'string' ? named : undefined;
}

/** An entry to write; a function if it depends on the head before it, as signatures on the log do. */
export type Proposed = Proposal | ((head: Head) => Proposal);

/** A database folder, or a PostgreSQL URL. */
export type Where = { folder: string } | { url: string };

/** Retries when another process writes first. */
const MAX_RETRIES = 20;

export class Programme {
  readonly store: Store;
  #log: LogState;
  /** The state may hold entries that are not in the log. */
  #isStale = false;
  /** Reads and writes run one after another. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, log: LogState) {
    this.store = store;
    this.#log = log;
  }

  /**
   * Opens a programme's database and reads its log.
   * @throws JikjiError `locked`, `database-unreachable`, `log-altered` (naming the first altered entry)
   */
  static async open(where: Where): Promise<Programme> {
    const store = await openStore(where);
    try {
      return new Programme(store, await readAll(store));
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** The state of the log as tables. */
  get tables(): Tables {
    return this.#log.state.tables;
  }

  get head(): Head {
    return this.#log.head;
  }

  /**
   * Writes all proposals or none; durable when it returns.
   * @throws JikjiError as an entry is refused, or `log-moved` if another process wrote meanwhile
   */
  record(actor: string, proposals: readonly Proposed[], time = new Date().toISOString()): Promise<Entry[]> {
    return this.#next(() => this.#record(actor, proposals, time));
  }

  /**
   * Writes what `propose` returns, which may be nothing. If another process writes first, `propose` is called again with the new tables,
   * so that parallel writers do not write the same twice.
   * @throws JikjiError as record
   */
  recordOnce(actor: string, propose: (tables: Tables) => readonly Proposed[]): Promise<Entry[]> {
    return this.#next(async () => {
      for (let retries = MAX_RETRIES; ; retries--) {
        const proposals = propose(this.tables);
        if (proposals.length === 0) return [];
        try {
          return await this.#record(actor, proposals, new Date().toISOString());
        } catch (error) {
          if (!(error instanceof JikjiError && error.code === 'log-moved') || retries === 0) throw error;
        }
      }
    });
  }

  /** Reads entries that other processes wrote. @throws JikjiError `log-altered` */
  refresh(): Promise<void> {
    return this.#next(async () => {
      await this.#mend();
      const { seq, link } = await this.store.head();
      if (seq === this.head.seq && link === this.head.link) return;
      const read = seq > this.head.seq ? { ...this.#log } : await readAll(this.store);
      try {
        await readFrom(this.store, read);
      } catch (error) {
        if (!(error instanceof JikjiError && error.code === 'log-altered')) throw error;
        Object.assign(read, await readAll(this.store)); // the database may have been replaced by another log
      } finally {
        this.#log = read;
      }
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Reads the log again if the state is stale. */
  async #mend(): Promise<void> {
    if (!this.#isStale) return;
    this.#log = await readAll(this.store);
    this.#isStale = false;
  }

  async #record(actor: string, proposals: readonly Proposed[], time: string): Promise<Entry[]> {
    await this.#mend();
    // Times in the log never decrease, even if the clock is set back.
    const before = this.#log;
    const at = time > before.time ? time : before.time || time;
    const entries: Entry[] = [];
    let { head } = before;
    try {
      for (const proposed of proposals) {
        const { kind, data } = typeof proposed === 'function' ? proposed(head) : proposed;
        const entry = nextEntry(head, { time: at, actor, kind, data });
        before.state.take(entry);
        head = entry;
        entries.push(entry);
      }
      await this.store.append(before.head, entries);
    } catch (error) {
      // A refused first entry changes nothing. After that the state holds entries that the log does not, so it is read again: now, or if
      // that fails, before the next write.
      this.#isStale = entries.length > 0;
      await this.#mend().catch(() => {});
      throw error;
    }
    this.#log = { state: before.state, head: { seq: head.seq, link: head.link }, time: at };
    return entries;
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
