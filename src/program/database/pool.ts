// Connections that come and go. What the one of `pg` leaves out: it outlives a connection that breaks, and whoever waits for one
// when it is closed is served first. Knows no address.

import pg from 'pg';

type Connect = pg.Pool['connect'];

export class Pool extends pg.Pool {
  #closing = false;

  constructor(config: pg.PoolConfig) {
    super(config);
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
