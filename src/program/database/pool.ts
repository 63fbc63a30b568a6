// Connections that come and go. What the one of `pg` leaves out: it outlives a connection that breaks, whoever waits for one when
// it is closed is served first, and what fails to connect leaves nothing open. Knows no address.

import pg from 'pg';

type Connect = pg.Pool['connect'];

/** Hangs up where it fails to connect: with no password for a server that wants one, `pg` would stay on the line. */
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
    // Whoever uses a connection that breaks is told by what he waits for, and the next one gets another.
    this.on('error', () => {});
    this.on('connect', (client) => client.on('error', () => {}));
  }

  /** From here on nobody gets a connection. */
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
    // Whoever waits would be forgotten; this one is the last of them.
    if (this.waitingCount > 0) {
      const last = await super.connect().catch(() => undefined); // where it fails, so did all before
      last?.release();
    }
    await super.end();
  }) as pg.Pool['end'];
}
