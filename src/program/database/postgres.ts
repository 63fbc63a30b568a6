// A PostgreSQL server at an address. Knows no table.

import pg from 'pg';
import { JikjiError } from '../../base/index.ts';
import { type Connection, takeLease } from './connection.ts';
import { Pool } from './pool.ts';

const CONNECT_MILLISECONDS = 10_000;
/** Silence after which TCP checks that the server is still reachable; otherwise a query could wait for hours. */
const KEEP_ALIVE_MILLISECONDS = 10_000;
const MAX_CONNECTIONS = 8;

/** The address as `pg` reads it. Errors of `pg` hold the whole address, so they are not passed on. */
function readAddress(url: string): pg.Client {
  try {
    if (/^postgres(ql)?:\/\//.test(url)) return new pg.Client({ connectionString: url });
  } catch {
    // reported below
  }
  const input = 'the address (not shown: it may hold a password)';
  const hint = 'write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE';
  throw new JikjiError('database-address', 'this is not the address of a PostgreSQL database', input, hint);
}

/** @throws JikjiError `database-address` */
export function connectPostgres(url: string): Connection {
  const { host, port, user, database } = readAddress(url);
  const pool = new Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MILLISECONDS,
  });

  let lease: number | undefined;
  let holder: pg.PoolClient | undefined;
  let leasing: Promise<number> | undefined;
  const releaseLease = (): void => {
    holder?.release(true);
    holder = leasing = undefined;
  };
  /** The connection that holds the lock is used for nothing else. If it breaks, the lock is taken again when it is needed. */
  const hold = async (): Promise<number> => {
    const client = await pool.connect();
    try {
      lease = await takeLease(client, lease);
    } catch (error) {
      client.release(true);
      throw error;
    }
    holder = client;
    client.once('end', () => {
      if (holder === client) releaseLease();
    });
    if (pool.closing) releaseLease(); // the pool was closed meanwhile
    return lease;
  };
  return {
    where: `postgres://${user ?? ''}@${host}:${port}/${database ?? ''}`,
    pool,
    lease() {
      leasing ??= hold().catch((error: unknown) => {
        leasing = undefined;
        throw error;
      });
      return leasing;
    },
    tidy: async () => {}, // done by the server's autovacuum
    async close() {
      releaseLease();
      await pool.end();
    },
  };
}
