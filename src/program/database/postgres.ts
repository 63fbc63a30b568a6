// A PostgreSQL server at an address. Knows no table.

import pg from 'pg';
import { JikjiError } from '../../base/index.ts';
import { type Connection, takeLease } from './connection.ts';
import { Pool } from './pool.ts';

const CONNECT_MILLISECONDS = 10_000;
/** After which a server that has nothing to say is asked whether it is still there; else one that is cut off is waited for for hours. */
const SILENT_MILLISECONDS = 10_000;
const CONNECTIONS = 8;

/** How `pg` reads an address. Its own errors have the whole address in them, so they are not passed on. */
function readAddress(url: string): pg.Client {
  try {
    if (/^postgres(ql)?:\/\//.test(url)) return new pg.Client({ connectionString: url });
  } catch {
    // said below
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
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENT_MILLISECONDS,
  });

  let own: number | undefined;
  let holder: pg.PoolClient | undefined;
  let holding: Promise<number> | undefined;
  const letGo = (): void => {
    holder?.release(true);
    holder = holding = undefined;
  };
  /** The connection that the lock lives on is used for nothing else. Where it breaks, the lock is taken anew when it is needed. */
  const hold = async (): Promise<number> => {
    const client = await pool.connect();
    try {
      own = await takeLease(client, own);
    } catch (error) {
      client.release(true);
      throw error;
    }
    holder = client;
    client.once('end', () => {
      if (holder === client) letGo();
    });
    if (pool.closing) letGo(); // closed meanwhile: nobody else would
    return own;
  };
  return {
    where: `postgres://${user ?? ''}@${host}:${port}/${database ?? ''}`,
    pool,
    lease() {
      holding ??= hold().catch((error: unknown) => {
        holding = undefined;
        throw error;
      });
      return holding;
    },
    tidy: async () => {}, // the server's autovacuum does
    async close() {
      letGo();
      await pool.end();
    },
  };
}
