// Streams of events: they end for a blocked user, cost nothing without readers, and are limited in number.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Home } from '../runs/testing/home.ts';
import { ORIGIN, TestServer } from './testing/api.ts';

const BEAT = 15_000;

const home = new Home();
const server = TestServer.forAll('begin', () => ({ proxy: PROXY }));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Where a request comes from that is said to come through the proxy. */
const PROXY = '192.0.2.1';
interface From {
  token?: string;
  method?: string;
  from?: string;
}
const open = async (path: string, { token, method = 'GET', from }: From = {}) =>
  server.application.app.request(
    `${ORIGIN}${path}`,
    {
      method,
      headers: {
        host: 'localhost:1377',
        ...(token !== undefined && { cookie: `jikji=${token}` }),
        ...(from !== undefined && { 'x-forwarded-for': from }),
      },
    },
    { incoming: { socket: { remoteAddress: PROXY } } },
  );
/** Opens streams without a log-in until there are no more places. */
async function fill(from: (n: number) => string): Promise<{ streams: Response[]; last: Response }> {
  const streams: Response[] = [];
  for (;;) {
    const last = await open(EVENTS, { from: from(streams.length) });
    if (last.status !== 200 || streams.length === 3000) return { streams, last };
    streams.push(last);
  }
}
async function closeAll(streams: Response[]): Promise<void> {
  await Promise.all(streams.map(({ body }) => body!.cancel()));
  await expect.poll(() => vi.getTimerCount()).toBe(0);
}
const EVENTS = '/api/programmes/test/events';

test('a stream ends when its user is blocked or logs out', async () => {
  const { body } = await server.post('office', '/api/invitations', { role: 'office' });
  const who = { user: 'second', name: 'Second', password: 'a long enough one' };
  await server.users.accept(body.token, who, '');
  const enter = async () => (await server.users.logIn('second', who.password, '')).token;
  const tokens = [await enter(), await enter()] as const;
  home.run('watched', 5);
  const { body: runs } = await server.get('office', '/api/runs');
  const path = `/api/runs/${runs[0].id}/events`;
  const streams = await Promise.all(tokens.map(async (token) => (await open(path, { token })).body!.getReader()));
  const stays = (await open(path, { token: server.sessions.get('office')!.token })).body!.getReader();
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
  const { status, headers } = await open(EVENTS, { method: 'HEAD' });
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['one address of IPv4', () => '198.51.100.7', '198.51.100.8'],
  ['one network of IPv6', (n: number) => `2001:db8:0:1::${n.toString(16)}`, '2001:db8:0:2::1'],
])('streams of %s are limited; another one finds places, and a closed stream makes room', async (_, from, other) => {
  const { streams, last } = await fill(from);
  expect([last.status, last.headers.get('retry-after')]).toEqual([429, '30']);
  expect(streams).toHaveLength(200);
  const elsewhere = await open(EVENTS, { from: other });
  expect(elsewhere.status).toBe(200);
  await closeAll([...streams, elsewhere]);
  const again = await open(EVENTS, { from: from(0) });
  expect(again.status).toBe(200);
  await closeAll([again]);
});

test('strangers from many networks leave places to users, also to those at the same address', async () => {
  const from = (n: number) => `2001:db8:1:${(n % 500).toString(16)}::1`;
  const { streams, last } = await fill(from);
  expect([last.status, streams.length]).toEqual([429, 1000]);
  const users = [];
  for (const { token } of server.sessions.values())
    for (let n = 0; n < 10; n++) users.push(await open(EVENTS, { token, from: from(0) }));
  expect(users.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
  await closeAll([...streams, ...users]);
});

test('a stream without a log-in ends when nothing happens for ten minutes, one of a user does not', async () => {
  const [stranger, user] = await Promise.all([
    open(EVENTS),
    open(EVENTS, { token: server.sessions.get('expert')!.token }),
  ]);
  const [ends, stays] = [stranger.body!.getReader(), user.body!.getReader()];
  for (const reader of [ends, stays]) expect((await reader.read()).done).toBe(false);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  const toEnd = async () => {
    while (!(await ends.read()).done);
    return 'ended';
  };
  expect(await toEnd()).toBe('ended');
  expect((await stays.read()).done).toBe(false);
  await stays.cancel();
});
