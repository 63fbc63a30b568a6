// A programme that is open: its log read and checked, what it says in memory, and new entries written to both at once.

import { JikjiError } from '../../base/index.ts';
import { openStore, type Store } from '../database/index.ts';
import { type Entry, type Head, nextEntry } from '../log/index.ts';
import type { Proposal, State } from '../state/index.ts';
import { type LogState, readAll, readFrom } from './read-log.ts';

/** What is to be written, or, for what signs the log, how it follows from the head before it. */
export type Proposed = Proposal | ((head: Head) => Proposal);

/** A folder of its own, or a PostgreSQL address. */
export type Where = { folder: string } | { url: string };

/** How often others may come before us. */
const MAX_RETRIES = 20;

export class Programme {
  readonly store: Store;
  #state: State;
  #head: Head;
  #time = '';
  /** The state may have taken in what the log has not. */
  #isStale = false;
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
      const { state, head, time } = await readAll(store);
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
    return this.#next(() => this.#record(actor, proposals, time));
  }

  /**
   * Writes what `propose` finds to be said, which may be nothing, and asks it again where somebody else wrote first: what it finds is
   * said once, however many set out to.
   * @throws JikjiError as record
   */
  recordOnce(actor: string, propose: (tables: State['tables']) => readonly Proposed[]): Promise<Entry[]> {
    return this.#next(async () => {
      for (let left = MAX_RETRIES; ; left--) {
        const proposals = propose(this.tables);
        if (proposals.length === 0) return [];
        try {
          return await this.#record(actor, proposals, new Date().toISOString());
        } catch (error) {
          if (!(error instanceof JikjiError && error.code === 'log-moved') || left === 0) throw error;
        }
      }
    });
  }

  /** Takes in what others wrote to the log meanwhile. @throws JikjiError `log-altered` */
  refresh(): Promise<void> {
    return this.#next(async () => {
      await this.#mend();
      const { seq, link } = await this.store.head();
      if (seq === this.#head.seq && link === this.#head.link) return;
      const read = seq > this.#head.seq ? this.#logState() : await readAll(this.store);
      try {
        await readFrom(this.store, read);
      } catch (error) {
        if (!(error instanceof JikjiError && error.code === 'log-altered')) throw error;
        Object.assign(read, await readAll(this.store)); // what is written now need not follow from what was
      } finally {
        this.#replace(read);
      }
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  #logState(): LogState {
    return { state: this.#state, head: this.#head, time: this.#time };
  }

  #replace({ state, head, time }: LogState): void {
    [this.#state, this.#head, this.#time] = [state, head, time];
  }

  /** Reads the log anew where it is not known what it has taken in. */
  async #mend(): Promise<void> {
    if (!this.#isStale) return;
    this.#replace(await readAll(this.store));
    this.#isStale = false;
  }

  async #record(actor: string, proposals: readonly Proposed[], time: string): Promise<Entry[]> {
    await this.#mend();
    // A clock that was set back does not make the log run backwards.
    const at = time > this.#time ? time : this.#time || time;
    const entries: Entry[] = [];
    let head = this.#head;
    try {
      for (const proposed of proposals) {
        const { kind, data } = typeof proposed === 'function' ? proposed(head) : proposed;
        const entry = nextEntry(head, { time: at, actor, kind, data });
        this.#state.take(entry);
        head = entry;
        entries.push(entry);
      }
      await this.store.append(this.#head, entries);
    } catch (error) {
      // What was refused first has changed nothing; after that the state has taken in what the log has not.
      // Where the log cannot be read now, it is before anything else is written: what rested on it would follow from nothing.
      this.#isStale = entries.length > 0;
      await this.#mend().catch(() => {});
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
