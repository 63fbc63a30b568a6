// Programmes that stay open between calls of the command line in the test's own process, because opening one takes a third of a second. Each
// call still reads the present log.

import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { typed } from '../../base/testing/argv.ts';
import { emptyDatabase } from '../../program/database/testing/empty.ts';
import { Programme } from '../../program/index.ts';
import { call, callHere, environment, errorOf, succeed } from './bad-input.ts';

/** Verbs that look at the database itself, which only one has open. */
const ALONE = new Set(['backup', 'restore', 'verify']);

class KeptOpen {
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

/** Calls of `jikji program` in a folder with these databases, which are empty at first: on the first of them, or one that is named. */
export function programmeCalls(folder: string, databases: readonly string[] = ['p']) {
  const kept = new KeptOpen();
  beforeAll(async () => {
    for (const name of databases) await emptyDatabase(join(folder, name, 'database'));
  });
  afterAll(() => kept.close());
  /** Calls on the programme of one database. */
  const callsOn = (database: string) => {
    const env = { JIKJI_DATABASE: join(folder, database) };
    const ask = async (args: string[], more: NodeJS.ProcessEnv = {}) => {
      await kept.makeWayFor(args[0]);
      return call(folder, ['program', ...args], { ...env, ...more });
    };
    return {
      ask,
      /** What a call that must succeed gives, of many kinds. */
      // biome-ignore lint/suspicious/noExplicitAny: results of many kinds
      program: typed(async (args): Promise<any> => JSON.parse((await succeed(ask(args))).stdout)),
      refused: typed(async (args) => errorOf(await ask(args))),
      /** What people are told. */
      page: typed(
        async (args) => (await succeed(callHere(folder, ['program', ...args], environment(folder, env)))).stdout,
      ),
    };
  };
  return { callsOn, close: () => kept.close(), ...callsOn(databases[0] ?? 'none') };
}
