// The database becomes unreachable and comes back: requests report it, the server logs it once, and work continues.

import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server as Listener, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { address, newDatabase, SERVER } from '../database/testing/harness.ts';
import { ACTS } from '../office/index.ts';
import { byOffice, Office } from '../office/testing/office.ts';
import { Programme } from '../programme/index.ts';
import { serve } from './server.ts';

/** Stands between the server and its database, and can be cut. */
class Line {
  asked = 0;
  cut = false;
  readonly #listener: Listener;
  readonly #sockets = new Set<Socket>();

  constructor(host: string, port: number) {
    this.#listener = createServer((socket) => {
      this.asked++;
      if (this.cut) return void socket.destroy();
      const on = connect(port, host);
      for (const [one, other] of [
        [socket, on],
        [on, socket],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => {}).on('close', () => other.destroy());
        one.pipe(other);
      }
    });
  }

  async begin(): Promise<number> {
    await new Promise<void>((resolve) => this.#listener.listen(0, '127.0.0.1', resolve));
    return (this.#listener.address() as AddressInfo).port;
  }

  break(): void {
    this.cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  end(): void {
    this.break();
    this.#listener.close();
  }
}

describe.skipIf(!SERVER)('PostgreSQL', () => {
  test('goes away and comes back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jikji-away-'));
    const database = await newDatabase('api_away');
    const real = new URL(SERVER!);
    const line = new Line(real.hostname, Number(real.port || 5432));
    const office = new Office();
    const programme = await Programme.open({ url: database.url });
    const about = { id: 'test', name: { en: 'T' }, mode: 'practice' } as const;
    await ACTS.foundProgramme.run(programme, about, byOffice(office.signer));
    await programme.close();
    const url = new URL(database.url);
    const port = String(await line.begin());
    const troubles: unknown[] = [];
    const server = await serve({
      places: [
        {
          where: { url: address({ hostname: '127.0.0.1', port, pathname: url.pathname }) },
          files: join(folder, 'files'),
        },
      ],
      office: {
        signer: async () => office.signer,
        signerAtHand: async () => office.signer,
        newSigner: async () => office.signer,
      },
      version: '1',
      host: '127.0.0.1',
      port: 0,
      orNext: false,
      threads: 1,
      onTrouble: (error) => troubles.push(error),
    });
    try {
      const post = (path: string, body: object, cookie = '') =>
        fetch(`${server.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: server.url, cookie },
          body: JSON.stringify(body),
        });
      const who = { user: 'kim', name: 'Kim', password: 'a long enough one' };
      const accepted = await post('/api/invitations/accept', { token: server.first!.split('#')[1], ...who });
      const cookie = accepted.headers.get('set-cookie')!.split(';')[0]!;
      const add = (id: string) =>
        post('/api/programmes/test/organisations', { id, name: { en: id }, country: 'KR' }, cookie);
      expect((await add('before')).status).toBe(200);
      const events = (await fetch(`${server.url}/api/programmes/test/events?after=2`)).body!.getReader();

      line.break();
      expect(await (await add('while')).json()).toMatchObject({ error: { code: 'database-unreachable' } });
      const then = line.asked;
      await vi.waitFor(() => expect(line.asked).toBeGreaterThan(then + 6), { timeout: 30_000 });
      expect(troubles.length).toBeLessThanOrEqual(2); // of who looks for new entries, and of who looks for work
      for (const error of troubles) expect(error).toBeInstanceOf(JikjiError);

      line.cut = false;
      await vi.waitFor(async () => expect((await add('after')).status).toBe(200), { timeout: 20_000, interval: 200 });
      let told = '';
      while (!told.includes('"to":3')) told += new TextDecoder().decode((await events.read()).value);
      await events.cancel();
    } finally {
      await server.close();
      line.end();
      await office.programme?.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
      rmSync(office.folder, { recursive: true, force: true });
    }
  });
});
