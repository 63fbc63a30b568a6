// A server on a real port: where it may listen, what it accepts, its headers for browsers, and what happens when it is closed or killed.

import { channel as diagnostics } from 'node:diagnostics_channel';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, request as plain } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { type ServeOptions, type Server, serve } from './server.ts';

const SCRIPT = 'export {};'.repeat(500);
let folder: string;
let server: Server;
const options = (more: Partial<ServeOptions> = {}): ServeOptions => ({
  places: [{ where: { folder: join(folder, 'database') }, files: join(folder, 'files') }],
  office: {
    signer: () => Promise.reject(new JikjiError('key-missing', 'no key', 'key', 'none in this test')),
    signerAtHand: async () => undefined,
    newSigner: () => Promise.reject(new JikjiError('key-missing', 'no key', 'key', 'none in this test')),
  },
  version: '1.2.3',
  host: '127.0.0.1',
  port: 0,
  orNext: false,
  threads: 1,
  onTrouble: (error) => {
    throw error;
  },
  ...more,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-server-'));
  mkdirSync(join(folder, 'pages', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'pages', 'index.html'), '<!doctype html><title>pages</title>');
  writeFileSync(join(folder, 'pages', 'assets', 'app-1234.js'), SCRIPT);
  writeFileSync(join(folder, 'pages', 'assets', 'app-1234.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'pages', 'assets', 'old-1234.js'), SCRIPT);
  for (const name of ['database', 'second', 'proxied']) await emptyDatabase(join(folder, name));
  server = await serve(options({ pages: join(folder, 'pages') }));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { error: { code: string } }).error.code,
];

/** With headers that fetch does not let one set. */
const raw = (
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  body?: string,
): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const asked = plain(`${server.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode!, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });

/** What Node says next of this process's HTTP servers. */
const once = (name: string): Promise<unknown> =>
  new Promise((resolve) => {
    const hear = (message: unknown) => {
      diagnostics(name).unsubscribe(hear);
      resolve(message);
    };
    diagnostics(name).subscribe(hear);
  });

test('beyond this machine it listens only with TLS or a proxy, and with a known name', async () => {
  const refused = (more: Partial<ServeOptions>) => serve(options({ places: [], ...more }));
  await expect(refused({ host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'not-local',
    hint: expect.stringContaining('--tls-cert'),
  });
  await expect(refused({ host: '0.0.0.0', proxy: '10.0.0.1' })).rejects.toMatchObject({
    code: 'not-local',
    hint: expect.stringContaining('--origin'),
  });
  // Between the people and the proxy nothing would be hidden.
  await expect(
    refused({ host: '0.0.0.0', proxy: '10.0.0.1', origin: 'http://console.example.kr' }),
  ).rejects.toMatchObject({ code: 'not-local', hint: expect.stringContaining('https://') });
  // A name would be compared with addresses and never be the proxy's: all would seem to come from one place.
  await expect(refused({ origin: 'https://a.example', proxy: 'localhost' })).rejects.toMatchObject({
    code: 'proxy-broken',
    input: 'localhost',
  });
  await expectRefusal(
    refused({ host: '192.0.2.1', origin: 'https://a.example', proxy: '10.0.0.1', places: options().places }),
    expect.stringMatching(/locked|host-unknown/),
  );
});

test('for a taken port the server uses the next port, or fails if the user chose the port', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const place = [{ where: { folder: join(folder, 'second') }, files: join(folder, 'files-2') }];
  await expectRefusal(serve(options({ places: place, port })), 'port-taken');
  const next = await serve(options({ places: place, port, orNext: true }));
  expect(Number(new URL(next.url).port)).toBeGreaterThan(port);
  await next.close();
  taken.close();
});

test('refuses requests under an unknown host name: a foreign page could send them', async () => {
  for (const host of ['evil.example', `evil.example:${new URL(server.url).port}`, '127.0.0.1:1']) {
    const { status, body } = await raw('/api/me', { host });
    expect([status, JSON.parse(body).error.code]).toEqual([403, 'origin']);
  }
  expect((await raw('/api/me', { host: new URL(server.url).host })).status).toBe(200);
});

test("takes the client's address from a trusted proxy, however the proxy's address is written", {
  timeout: 600_000,
}, async () => {
  const place = [{ where: { folder: join(folder, 'proxied') }, files: join(folder, 'files-3') }];
  for (const [host, proxy] of [
    ['::1', '0:0:0:0:0:0:0:1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
  ] as const) {
    const proxied = await serve(options({ places: place, host, proxy }));
    try {
      const statuses = await Promise.all(
        Array.from({ length: 25 }, async (_, i) => {
          const headers = { 'content-type': 'application/json', 'x-forwarded-for': `1.1.1.1, 10.0.${i}.1` };
          const body = JSON.stringify({ user: `nobody-${i}`, password: 'wrong' });
          return (await fetch(`${proxied.url}/api/log-in`, { method: 'POST', headers, body })).status;
        }),
      );
      expect(new Set(statuses)).toEqual(new Set([401]));
    } finally {
      await proxied.close();
    }
  }
});

const JSON_BODY = { 'content-type': 'application/json' };

test('a request that changes data must come from its own pages, as JSON', async () => {
  const body = JSON.stringify({ user: 'kim', password: 'wrong' });
  const json = { 'content-type': 'application/json' };
  const host = new URL(server.url).host;
  const foreign = await raw('/api/log-in', { host, ...json, origin: 'https://evil.example' }, 'POST', body);
  expect([foreign.status, JSON.parse(foreign.body).error.code]).toEqual([403, 'origin']);
  const form = await raw('/api/log-in', { host, 'content-type': 'text/plain', origin: server.url }, 'POST', body);
  expect([form.status, JSON.parse(form.body).error.code]).toEqual([422, 'request-type']);
  const own = await raw('/api/log-in', { host, ...json, origin: server.url }, 'POST', body);
  expect([own.status, JSON.parse(own.body).error.code]).toEqual([401, 'log-in-wrong']);
});

test('bodies are limited by their route, and invalid JSON is reported', async () => {
  const post = (body: string | Buffer<ArrayBuffer>, path = '/api/log-in') =>
    ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  expect(await codeOf(await post('{"user":'))).toEqual([422, 'request-broken']);
  expect(await codeOf(await post(Buffer.from('{"user":"\xff"}', 'latin1')))).toEqual([422, 'request-broken']);
  const large = JSON.stringify({ user: 'kim', password: 'x'.repeat(10_000) });
  expect(await codeOf(await post(large))).toEqual([413, 'request-too-large']);
  const pieces = new Blob([large]).stream();
  const chunked = { method: 'POST', body: pieces, duplex: 'half', headers: { 'content-type': 'application/json' } };
  expect(await codeOf(await ask('/api/log-in', chunked as RequestInit))).toEqual([413, 'request-too-large']);
  // The body is not read if the user may not use the route.
  expect(await codeOf(await post('['.repeat(1 << 20), '/api/programmes/p/rule-books'))).toEqual([401, 'log-in']);
});

test('deep nesting and very many values are refused before parsing', async () => {
  const parse = vi.spyOn(JSON, 'parse');
  const post = async (body: string) => {
    const { status, body: answer } = await raw(
      '/api/log-in',
      { ...JSON_BODY, host: new URL(server.url).host },
      'POST',
      body,
    );
    const parsed = parse.mock.calls.some(([text]) => text === body);
    return [status, /"code":"([^"]+)"/.exec(answer)?.[1], parsed];
  };
  try {
    expect(await post(`${'['.repeat(4000)}${']'.repeat(4000)}`)).toEqual([422, 'request-too-deep', false]);
    expect(await post(`{"user":${'{"a":'.repeat(1000)}`)).toEqual([422, 'request-too-deep', false]);
    expect(await post('{"user":"kim","password":[]}')).toEqual([422, 'request-shape', true]);
  } finally {
    parse.mockRestore();
  }
});

test('an interrupted request is not a bug, and is not logged', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    const { host, hostname, port } = new URL(server.url);
    const lines = ['POST /api/log-in HTTP/1.1', `Host: ${host}`, 'Content-Type: application/json'];
    for (const rest of ['Content-Length: 99\r\n\r\n{"us', 'Transfer-Encoding: chunked\r\n\r\n5\r\n{"use\r\n']) {
      const answered = once('http.server.response.created');
      const socket = connect(Number(port), hostname);
      socket.write(`${[...lines, rest].join('\r\n')}`);
      await vi.waitFor(() => expect(socket.bytesWritten).toBeGreaterThan(0));
      await answered;
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.destroy();
      await closed;
      expect((await ask('/api/me')).status).toBe(200); // after it, on another connection
    }
    expect(said.mock.calls).toEqual([]);
  } finally {
    said.mockRestore();
  }
});

test('a bundle may take longer than the five minutes that Node gives a request', async () => {
  const begun = once('http.server.request.start');
  await ask('/api/me');
  const { server: node } = (await begun) as { server: HttpServer };
  expect([node.requestTimeout, node.headersTimeout]).toEqual([0, 60_000]);
});

test('the first start has a link for the office; it works once', async () => {
  const [page, token] = server.first!.split('#') as [string, string];
  expect(page).toBe(`${server.url}/invitation`);
  const accept = () =>
    ask('/api/invitations/accept', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, user: 'lee', name: 'Lee', password: 'a long enough one' }),
    });
  const accepted = await accept();
  expect(accepted.status).toBe(200);
  const cookie = accepted.headers.get('set-cookie')!;
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Strict/i);
  expect(cookie).not.toMatch(/Secure/i); // it is no TLS server
  expect((await accept()).status).toBe(404);
  const me = await (await ask('/api/me', { headers: { cookie: cookie.split(';')[0]! } })).json();
  expect(me).toMatchObject({ viewer: { user: 'lee', role: 'office' }, empty: true, local: true, version: '1.2.3' });
});

test('security headers: a browser runs only files of the server, and caches nothing', async () => {
  for (const path of ['/api/me', '/', '/p/korea/stages/one', '/assets/app-1234.js']) {
    const { headers, status } = await ask(path);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).not.toMatch(/unsafe/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
  expect((await ask('/api/me')).headers.get('cache-control')).toBe('no-store');
  expect((await ask('/assets/app-1234.js')).headers.get('cache-control')).toMatch(/immutable/);
  // What the build has not compressed by Brotli, and who does not take it, gets gzip; who takes nothing, the plain file.
  for (const [name, accepted, encoding] of [
    ['app', 'gzip, deflate, br', 'br'],
    ['app', 'gzip', 'gzip'],
    ['app', 'identity', null],
    ['old', 'gzip, deflate, br', 'gzip'],
  ] as const) {
    const answer = await ask(`/assets/${name}-1234.js`, { headers: { 'accept-encoding': accepted } });
    expect([answer.headers.get('content-encoding'), answer.headers.get('content-type')]).toEqual([
      encoding,
      'text/javascript; charset=utf-8',
    ]);
    expect(await answer.text()).toBe(SCRIPT);
  }
  expect((await ask('/assets/app-1234.js.br')).status).toBe(404);
  expect((await ask('/assets/../../secret')).status).toBe(200); // the browser's own folding: a page
  expect((await raw('/assets/..%2f..%2fserver.test.ts', { host: new URL(server.url).host })).status).toBe(404);
  expect((await ask('/api/nothing')).status).toBe(404);
});

test('it locks its database, and releases it when it closes', async () => {
  await expectRefusal(serve(options()), 'locked');
  const stream = await ask('/api/runs', {}); // an answer under way does not keep it
  expect(stream.status).toBe(401);
  const mine = await serve(
    options({ places: [{ where: { folder: join(folder, 'second') }, files: join(folder, 'files-2') }] }),
  );
  await mine.close();
  const again = await serve(
    options({ places: [{ where: { folder: join(folder, 'second') }, files: join(folder, 'files-2') }] }),
  );
  await again.close();
});
