// Streams of events: they end for a blocked user, cost nothing without readers, and are limited in number.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Home } from '../runs/testing/home.ts';
import { ORIGIN, TestServer } from './testing/api.ts';

const BEAT = 15_000;

let home: Home;
let server: TestServer;
beforeAll(async () => {
  home = new Home();
  server = await new TestServer().begin();
});
afterAll(async () => {
  await server.close();
  home.remove();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const open = async (path: string, token?: string, method = 'GET') =>
  server.application.app.request(`${ORIGIN}${path}`, {
    method,
    headers: { host: 'localhost:1377', ...(token !== undefined && { cookie: `jikji=${token}` }) },
  });
const EVENTS = '/api/programmes/test/events';

test('a stream ends when its user is blocked or logs out', async () => {
  const { body } = await server.ask('office', 'post', '/api/invitations', { role: 'office' });
  const who = { user: 'second', name: 'Second', password: 'a long enough one' };
  await server.users.accept(body.token, who, '');
  const enter = async () => (await server.users.logIn('second', who.password, '')).token;
  const tokens = [await enter(), await enter()] as const;
  home.run('watched', 5);
  const { body: runs } = await server.ask('office', 'get', '/api/runs');
  const path = `/api/runs/${runs[0].id}/events`;
  const streams = await Promise.all(tokens.map(async (token) => (await open(path, token)).body!.getReader()));
  const stays = (await open(path, server.sessions.get('office')!.token)).body!.getReader();
  const toEnd = async (reader: (typeof streams)[number]) => {
    while (!(await reader.read()).done);
    return 'ended';
  };

  await server.users.logOut(tokens[0]);
  vi.advanceTimersByTime(BEAT);
  expect(await toEnd(streams[0]!)).toBe('ended');
  await server.users.block('second', true);
  vi.advanceTimersByTime(BEAT);
  expect(await toEnd(streams[1]!)).toBe('ended');
  expect((await stays.read()).done).toBe(false);
  await stays.cancel();
});

test('a HEAD request leaves no stream open', async () => {
  const { status, headers } = await open(EVENTS, undefined, 'HEAD');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  expect(vi.getTimerCount()).toBe(0);
});

test('streams are limited; a closed one makes room', async () => {
  const streams: Response[] = [];
  let last = await open(EVENTS);
  for (; last.status === 200 && streams.length < 3000; last = await open(EVENTS)) streams.push(last);
  expect([last.status, last.headers.get('retry-after')]).toEqual([429, '30']);
  expect(streams.length).toBeGreaterThanOrEqual(200);
  await Promise.all(streams.map(({ body }) => body!.cancel()));
  await expect.poll(() => vi.getTimerCount()).toBe(0);
  const again = await open(EVENTS);
  expect(again.status).toBe(200);
  await again.body!.cancel();
});
