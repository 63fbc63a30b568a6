// What every request passes: how it is counted, the id that its answer has, and which pages may ask.

import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { ApiKeys, newApiKey } from './api-keys.ts';
import { type ModelServer, serveModels } from './server.ts';
import { postJson, SMALL, writeModels } from './testing/small.ts';

const PAGE = 'https://app.example';
const { key, line } = newApiKey('one');
const KEY = { Authorization: `Bearer ${key}` };

const folder = temporaryFolder();
let server: ModelServer;
beforeAll(async () => {
  const models = writeModels(folder, 200);
  const keys = new ApiKeys(`${line}\n`, 'keys');
  server = await serveModels({ models, ...SMALL, keys, allowedOrigins: [PAGE, 'http://localhost:5173'] });
});
afterAll(async () => {
  await server.close();
});

const ask = (body: object, { headers, ...more }: RequestInit = {}) =>
  postJson(
    `${server.url}/v1/completions`,
    { model: 'tuned', prompt: 'a', max_tokens: 1, ...body },
    { ...more, headers: { ...KEY, ...(headers as object) } },
  );

/** A figure of /metrics; 0 where it is not there. */
async function figure(name: string) {
  const text = await (await fetch(`${server.url}/metrics`, { headers: KEY })).text();
  const found = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(found?.slice(name.length) ?? 0);
}
const requests = (status: number, route = '/v1/completions') =>
  figure(`jikji_requests_total{route="${route}",status="${status}"}`);

describe('a client that breaks off before its answer is counted as 499', () => {
  test.each([false, true])('stream: %s', async (stream) => {
    const [gone, answered] = [await requests(499), await requests(200)];
    const leaving = new AbortController();
    const answer = ask({ max_tokens: 190, n: 8, stream }, { signal: leaving.signal });
    answer.catch(() => {});
    await expect.poll(() => figure('jikji_texts_running{model="tuned"}')).toBeGreaterThan(0);
    leaving.abort();
    await expect.poll(() => requests(499)).toBe(gone + 1);
    expect([await requests(200), await requests(500)]).toEqual([answered, 0]);
  });

  test('within its request', async () => {
    const gone = await requests(499);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const head = `Host: ${new URL(server.url).host}\r\nAuthorization: ${KEY.Authorization}\r\nContent-Type: application/json`;
    socket.write(
      `POST /v1/completions HTTP/1.1\r\n${head}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{"model"`,
    );
    // The server has begun to read.
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await expect.poll(() => requests(499)).toBe(gone + 1);
    expect([await requests(400), await requests(500)]).toEqual([0, 0]);
  });

  test('an answer that was read to its end is counted as 200', async () => {
    for (const stream of [false, true]) {
      const before = await requests(200);
      await (await ask({ stream })).text();
      await expect.poll(() => requests(200)).toBe(before + 1);
    }
  });
});

describe('every answer has an x-request-id', () => {
  const idOf = ({ headers }: Response) => headers.get('x-request-id');
  test('the own one of a client, if it is sane', async () => {
    const sane = { 'x-request-id': `!${'~'.repeat(127)}` };
    for (const body of [{}, { stream: true }, { nothing: 1 }])
      expect(idOf(await ask(body, { headers: sane }))).toBe(sane['x-request-id']);
    for (const path of ['/health', '/nowhere', '/v1/models'])
      expect(idOf(await fetch(server.url + path, { headers: sane }))).toBe(sane['x-request-id']);
  });

  test('else one of the server, another for each request', async () => {
    const ids = new Set<string | null>();
    for (const own of [undefined, '~'.repeat(129), 'a b', 'é', ''])
      ids.add(idOf(await ask({}, { headers: own === undefined ? {} : { 'x-request-id': own } })));
    expect([ids.size, [...ids].every((id) => /^[\x21-\x7e]{1,128}$/.test(id ?? ''))]).toEqual([5, true]);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        ...{ Origin: origin, 'Access-Control-Request-Method': 'POST' },
        'Access-Control-Request-Headers': 'authorization,content-type,x-stainless-os',
      },
    });
  const of = ({ headers }: Response) =>
    [...headers].filter(([name]) => /^(access-control|vary)/.test(name)).map(([name, value]) => `${name}: ${value}`);

  test('those that the owner names may ask; credentials are never allowed', async () => {
    for (const origin of [PAGE, 'http://localhost:5173']) {
      const before = await preflight(origin);
      expect(before.status).toBe(204);
      expect(of(before).sort()).toEqual([
        'access-control-allow-headers: authorization,content-type,x-stainless-os',
        'access-control-allow-methods: GET, POST',
        `access-control-allow-origin: ${origin}`,
        'access-control-expose-headers: Jikji-Receipt, x-request-id, Retry-After',
        'access-control-max-age: 600',
        'vary: Origin',
      ]);
      for (const answer of [
        await ask({}, { headers: { Origin: origin } }),
        await ask({ x: 1 }, { headers: { Origin: origin } }),
      ])
        expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      // Without a key the page reads why.
      const refused = await ask({}, { headers: { Origin: origin, Authorization: 'no' } });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
    }
  });

  test.each(['https://other.example', 'null', 'http://app.example', 'https://app.example:8443'])(
    'not %s',
    async (origin) => {
      for (const answer of [await preflight(origin), await ask({}, { headers: { Origin: origin } })])
        expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    },
  );

  test.each(['*', 'null', 'app.example', 'https://app.example/page', 'http://app.example'])(
    '%s is no origin to allow',
    async (origin) => {
      const models = writeModels(folder, 200);
      await expect(serveModels({ models, ...SMALL, allowedOrigins: [origin] })).rejects.toMatchObject({
        code: expect.stringMatching(/^(origin-broken|not-local)$/),
      });
    },
  );
});
