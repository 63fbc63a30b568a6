// A programme that is open: its log read and checked, what it says in memory, and new entries written to both at once.

import { JikjiError } from '../base/index.ts';
import { openStore, type Store } from './database/index.ts';
import { type Entry, follow, type Head, nextEntry, START } from './log/index.ts';
import { type Change, type Proposal, State } from './state/index.ts';

/** What is to be written, or, for what signs the log, how it follows from the head before it. */
export type Proposed = Proposal | ((head: Head) => Proposal);

/** A folder of its own, or a PostgreSQL address. */
export type Where = { folder: string } | { url: string };

export class Programme {
  readonly store: Store;
  #state: State;
  #head: Head;
  #time = '';
  /** Entries are written one after the other, whoever asks. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, state: State, head: Head, time: string) {
    this.store = store;
    this.#state = state;
    this.#head = head;
    this.#time = time;
  }

  /**
   * Opens a programme's database and reads its log.
   * @throws JikjiError `locked`, `database-unreachable`, `log-altered` (naming the first altered entry)
   */
  static async open(where: Where): Promise<Programme> {
    const store = await openStore(where);
    try {
      const { state, head, time } = await read(store);
      return new Programme(store, state, head, time);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** What the log says. */
  get tables(): State['tables'] {
    return this.#state.tables;
  }

  get head(): Head {
    return this.#head;
  }

  /**
   * Writes what is proposed, all or nothing; durable when it returns.
   * @throws JikjiError where an entry may not follow, or `log-moved` where somebody else wrote meanwhile
   */
  record(actor: string, proposals: readonly Proposed[], time = new Date().toISOString()): Promise<Entry[]> {
    const work = this.#queue.then(() => this.#record(actor, proposals, time));
    this.#queue = work.catch(() => {});
    return work;
  }

  async #record(actor: string, proposals: readonly Proposed[], time: string): Promise<Entry[]> {
    // A clock that was set back does not make the log run backwards.
    const at = time > this.#time ? time : this.#time || time;
    const entries: Entry[] = [];
    const changes: Change[] = [];
    let head = this.#head;
    try {
      for (const proposed of proposals) {
        const { kind, data } = typeof proposed === 'function' ? proposed(head) : proposed;
        const entry = nextEntry(head, { time: at, actor, kind, data });
        changes.push(...this.#state.take(entry));
        head = entry;
        entries.push(entry);
      }
      await this.store.append(this.#head, entries, changes);
    } catch (error) {
      // The state may have taken in what the log has not.
      const { state, head, time: last } = await read(this.store);
      [this.#state, this.#head, this.#time] = [state, head, last];
      throw error;
    }
    this.#head = { seq: head.seq, link: head.link };
    this.#time = at;
    return entries;
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

async function read(store: Store): Promise<{ state: State; head: Head; time: string }> {
  const state = new State();
  let head = START;
  let time = '';
  for await (const entry of store.entries()) {
    try {
      head = follow(head, entry);
      state.take(entry);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const hint = 'jikji program verify tells more; restore the database from a backup';
      throw new JikjiError('log-altered', `the log is not what was written: ${why}`, `entry ${entry.seq}`, hint, {
        cause,
      });
    }
    time = entry.time;
  }
  return { state, head, time };
}
