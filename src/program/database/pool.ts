// A pool of connections. Unlike the pool of `pg`, it survives a broken connection, serves waiting callers before it closes, and closes
// a client that fails to connect. Knows no address.

import pg from 'pg';
import { parseJson } from '../../base/index.ts';

// Entries have member names from outside; `pg` would give its columns of JSON to JSON.parse.
for (const kind of [pg.types.builtins.JSON, pg.types.builtins.JSONB])
  pg.types.setTypeParser(kind, (text: string) => parseJson(text));

type Connect = pg.Pool['connect'];

/** Closes after a failed connect: without a password that the server requires, `pg` would stay connected. */
class Client extends pg.Client {
  override connect = ((callback: (error?: Error) => void) =>
    super.connect((error?: Error) => {
      if (error) void this.end().catch(() => {});
      callback(error);
    })) as pg.Client['connect'];
}

export class Pool extends pg.Pool {
  #closing = false;

  constructor(config: pg.PoolConfig) {
    super({ ...config, Client } as pg.PoolConfig);
    // The query on a broken connection fails with its own error, and the next query gets another connection.
    this.on('error', () => {});
    this.on('connect', (client) => client.on('error', () => {}));
  }

  /** No more connections are given out. */
  get closing(): boolean {
    return this.#closing;
  }

  override connect: Connect = ((callback?: (error: Error) => void) => {
    if (!this.#closing) return callback ? super.connect(callback as never) : super.connect();
    const error = new Error('the database is closed');
    return callback ? callback(error) : Promise.reject(error);
  }) as Connect;

  override end = (async () => {
    this.#closing = true;
    // `pg` would drop waiting callers: wait behind the last of them.
    if (this.waitingCount > 0) {
      const last = await super.connect().catch(() => undefined); // if it fails, all before it have failed
      last?.release();
    }
    await super.end();
  }) as pg.Pool['end'];
}
