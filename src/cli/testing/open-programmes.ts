// Programmes that stay open between calls of the command line in the test's own process, because opening one takes a third of a second. Each
// call still reads the present log.

import { vi } from 'vitest';
import { Programme } from '../../program/index.ts';

/** Verbs that look at the database itself, which only one has open. */
const ALONE = new Set(['backup', 'restore', 'verify']);

export class KeptOpen {
  readonly #closing = new Map<string, () => Promise<void>>();

  constructor() {
    const open = Programme.open.bind(Programme);
    const kept = new Map<string, Programme>();
    vi.spyOn(Programme, 'open').mockImplementation(async (where) => {
      if (!('folder' in where)) return open(where);
      const there = this.#closing.has(where.folder) ? kept.get(where.folder) : undefined;
      if (there) {
        await there.refresh();
        return there;
      }
      const programme = await open(where);
      this.#closing.set(where.folder, programme.close.bind(programme));
      kept.set(where.folder, programme);
      vi.spyOn(programme, 'close').mockResolvedValue();
      return programme;
    });
  }

  /** Before a call: whether the verb wants the database for itself. */
  async makeWayFor(verb: string | undefined): Promise<void> {
    if (ALONE.has(verb ?? '')) await this.close();
  }

  /** Closes them: for another process, or at the end. The next call opens what it needs. */
  async close(): Promise<void> {
    const all = [...this.#closing.values()];
    this.#closing.clear();
    for (const close of all) await close();
  }
}
