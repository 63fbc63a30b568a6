// A proxy between a store and a PostgreSQL server that cuts a connection at a given word of a query. Knows no table.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';

/** As a network that breaks does it, or as a server does that shuts down. */
export type How = 'cut' | 'terminated';

export interface Between {
  url: string;
  /** Ends the next connection that asks for something with this word in it, before the server has heard it. */
  endAt(word: string, how: How): void;
  /** Whether that has come to pass. */
  ended(): boolean;
  /** Connections that nobody has hung up yet. */
  open(): number;
  close(): void;
}

/** How the server tells the number of its process: BackendKeyData. */
const KEY_DATA = Buffer.from([...Buffer.from('K'), 0, 0, 0, 12]);

export async function standBetween(url: string): Promise<Between> {
  const to = new URL(url);
  const [host, port] = [to.hostname, Number(to.port || 5432)];
  let plan: { word: string; how: How } | undefined;
  const sockets = new Set<Socket>();

  const terminate = async (pid: number) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('select pg_terminate_backend($1)', [pid]).finally(() => client.end());
  };
  const server = createServer((from) => {
    const there = connect(port, host);
    let pid = 0;
    there.on('data', (bytes) => {
      const at = pid ? -1 : bytes.indexOf(KEY_DATA);
      if (at >= 0) pid = bytes.readInt32BE(at + 5);
      from.write(bytes);
    });
    from.on('data', (bytes) => {
      if (!plan || !bytes.includes(plan.word)) {
        there.write(bytes);
        return;
      }
      const { how } = plan;
      plan = undefined;
      if (how === 'terminated') void terminate(pid);
      else from.destroy();
    });
    from.on('close', () => there.destroy());
    there.on('close', () => from.end());
    for (const socket of [from, there]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: (server.address() as AddressInfo).port }).href,
    endAt(word, how) {
      plan = { word, how };
    },
    ended: () => plan === undefined,
    open: () => sockets.size,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
