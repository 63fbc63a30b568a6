// A test server on a real port: requests over a socket, as a browser sends them, and clients that hang up.

import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { ORIGIN, type TestServer } from './api.ts';

export class Listening {
  readonly #server: TestServer;
  readonly #listener: ServerType;

  private constructor(server: TestServer) {
    this.#server = server;
    this.#listener = createAdaptorServer({ fetch: (asked, env) => server.application.app.fetch(asked, env) });
  }

  static async begin(server: TestServer): Promise<Listening> {
    const listening = new Listening(server);
    await new Promise<void>((resolve) => void listening.#listener.listen(0, '127.0.0.1', resolve));
    return listening;
  }

  close(): Promise<unknown> {
    return new Promise((resolve) => this.#listener.close(resolve));
  }

  /** Asks as the office. `onData` gets what has come so far, and a function that hangs up. */
  send(
    path: string,
    body: object,
    onData: (all: string, hangUp: () => void) => void = () => {},
  ): Promise<{ status: number; text: string }> {
    const { port } = this.#listener.address() as AddressInfo;
    const cookie = `jikji=${this.#server.sessions.get('office')!.token}`;
    const headers = { host: new URL(ORIGIN).host, origin: ORIGIN, cookie, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request({ port, path, method: 'POST', headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
          onData(text, () => asked.destroy());
        });
        answer.on('close', () => resolve({ status: answer.statusCode!, text })).on('error', () => {});
      });
      asked.on('error', reject).end(JSON.stringify(body));
    });
  }
}
